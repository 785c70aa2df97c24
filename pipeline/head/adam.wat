;; A step of Adam, four numbers at a time: see adam.ts.
;;
;; `deno task kernels` compiles this file into kernels_wasm.ts. Every operation
;; rounds its result to 32 bits; their order decides the bits of a trained head.
(module
  (import "env" "memory" (memory 0))

  (func (export "run")
    ;; Addresses of the arrays, and the end of the parameters.
    (param $value i32) (param $m i32) (param $v i32) (param $gradient i32)
    (param $end i32)
    ;; Factors, the same for all numbers.
    (param $beta1 f32) (param $rest1 f32) ;; rest1 = 1 - beta1
    (param $beta2 f32) (param $rest2 f32) ;; rest2 = 1 - beta2
    (param $kept f32) (param $alpha f32) (param $epsilon f32)

    (local $g v128) (local $new_m v128) (local $new_v v128)

    (loop $next
      (local.set $g (v128.load (local.get $gradient)))

      ;; m = m * beta1 + g * rest1
      (local.set $new_m
        (f32x4.add
          (f32x4.mul
            (v128.load (local.get $m))
            (f32x4.splat (local.get $beta1)))
          (f32x4.mul (local.get $g) (f32x4.splat (local.get $rest1)))))
      (v128.store (local.get $m) (local.get $new_m))

      ;; v = v * beta2 + (g * g) * rest2
      (local.set $new_v
        (f32x4.add
          (f32x4.mul
            (v128.load (local.get $v))
            (f32x4.splat (local.get $beta2)))
          (f32x4.mul
            (f32x4.mul (local.get $g) (local.get $g))
            (f32x4.splat (local.get $rest2)))))
      (v128.store (local.get $v) (local.get $new_v))

      ;; value = value * kept - (m * alpha) / (sqrt(v) + epsilon)
      (v128.store (local.get $value)
        (f32x4.sub
          (f32x4.mul
            (v128.load (local.get $value))
            (f32x4.splat (local.get $kept)))
          (f32x4.div
            (f32x4.mul (local.get $new_m) (f32x4.splat (local.get $alpha)))
            (f32x4.add
              (f32x4.sqrt (local.get $new_v))
              (f32x4.splat (local.get $epsilon))))))

      (local.set $value (i32.add (local.get $value) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $gradient (i32.add (local.get $gradient) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $value) (local.get $end))))))
