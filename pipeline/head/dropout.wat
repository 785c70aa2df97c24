;; Dropout, four numbers at a time: see step_inputs.ts.
;;
;; `deno task kernels` compiles this file into kernels_wasm.ts. The random numbers
;; are those of random.ts: number i is mix(mix(state + (i + 1) * STEP) ^ state).
(module
  (import "env" "memory" (memory 0))

  ;; Mixes the bits of four integers, as `mix` of random.ts.
  (func $mix (param $h v128) (result v128)
    (local.set $h
      (v128.xor (local.get $h) (i32x4.shr_u (local.get $h) (i32.const 16))))
    (local.set $h
      (i32x4.mul (local.get $h) (i32x4.splat (i32.const 0x85ebca6b))))
    (local.set $h
      (v128.xor (local.get $h) (i32x4.shr_u (local.get $h) (i32.const 13))))
    (local.set $h
      (i32x4.mul (local.get $h) (i32x4.splat (i32.const 0xc2b2ae35))))
    (v128.xor (local.get $h) (i32x4.shr_u (local.get $h) (i32.const 16))))

  (func (export "run")
    ;; Addresses of the first number, and of the end.
    (param $value i32) (param $end i32)
    ;; State of the random numbers, the smallest that keeps a number, and what
    ;; kept numbers are multiplied by.
    (param $state i32) (param $threshold i32) (param $kept f32)

    (local $position v128) (local $stride v128) (local $random v128)

    ;; state + (i + 1) * STEP, for i from 0 to 3.
    (local.set $position
      (i32x4.add
        (i32x4.splat (local.get $state))
        (i32x4.mul
          (i32x4.splat (i32.const 0x9e3779b9))
          (v128.const i32x4 1 2 3 4))))
    ;; 4 * STEP.
    (local.set $stride
      (i32x4.shl (i32x4.splat (i32.const 0x9e3779b9)) (i32.const 2)))

    (loop $next
      (local.set $random
        (call $mix
          (v128.xor
            (call $mix (local.get $position))
            (i32x4.splat (local.get $state)))))

      ;; value = value * (random >= threshold ? kept : 0)
      (v128.store (local.get $value)
        (f32x4.mul
          (v128.load (local.get $value))
          (v128.and
            (i32x4.ge_u
              (local.get $random)
              (i32x4.splat (local.get $threshold)))
            (f32x4.splat (local.get $kept)))))

      (local.set $position
        (i32x4.add (local.get $position) (local.get $stride)))
      (local.set $value (i32.add (local.get $value) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $value) (local.get $end))))))
