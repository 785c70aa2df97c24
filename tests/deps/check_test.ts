import { assertEquals } from "@std/assert";
import { readAudit } from "./check.ts";

Deno.test("readAudit() passes on what the database knows", () => {
  const none = "No known vulnerabilities found\n";
  assertEquals(
    readAudit({ success: true, out: none, error: "" }),
    { text: none, isClean: true },
  );
  const found = "Found 1 vulnerabilities\n";
  assertEquals(
    readAudit({ success: false, out: found, error: "" }),
    { text: found, isClean: false },
  );
});

Deno.test("readAudit() says plainly that nothing was checked when nobody answers", () => {
  const error =
    "error: error sending request for url (https://example.org)\n\nCaused by:\n";
  assertEquals(readAudit({ success: false, out: "", error }), {
    text:
      "vulnerabilities are NOT CHECKED, as npm's database does not answer: error: error sending request for url (https://example.org)",
    isClean: false,
  });
});
