import { assertEquals } from "@std/assert";
import { stripCode } from "./strip_code.ts";

Deno.test.each([
  ["a // Deno\nb", "a \nb"],
  ["a /* Deno\n * Date */ b", "a  b"],
  ['f("Deno // \\" Date", \'x\') + 1', 'f("", "") + 1'],
  ["`Deno ${a} \\` $ Date` + b", '""a  + b'],
  ["`x ${f({ a: `Deno ${b}` })} Date`; c", '""f({ a: ""b  }) ; c'],
  ["x = /[\"'/]\\//.test(y)", "x = /./.test(y)"],
  ["return /Date/g", "return /./"],
  ["(a / b) / c // d", "(a / b) / c "],
  ["a[0] / b; 'x'", 'a[0] / b; ""'],
])("stripCode() of %s is %s", (source, expected) => {
  assertEquals(stripCode(source), expected);
});
