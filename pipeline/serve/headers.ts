/** Headers that keep a browser from doing more than the page needs. */

/** Makes a policy of directives. */
function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`).join("; ");
}

/** What binds every page. */
const EVERY_PAGE = {
  "default-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** The policy of the page: its own scripts and styles, and no other server. */
export const PAGE_POLICY: string = policy({
  ...EVERY_PAGE,
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' blob: data:",
  "media-src": "blob:",
  "connect-src": "'self'",
});

/**
 * Makes the policy of the report of a run: a page that is one file. Only the
 * scripts that are in it run.
 */
export async function reportPolicy(html: string): Promise<string> {
  const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)];
  const hashes = await Promise.all(scripts.map(async ([, text]) => {
    const bytes = new TextEncoder().encode(text);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return `'sha256-${new Uint8Array(digest).toBase64()}'`;
  }));
  return policy({
    ...EVERY_PAGE,
    "img-src": "data:",
    "style-src": "'unsafe-inline'",
    "script-src": hashes.join(" ") || "'none'",
  });
}

/**
 * Headers of every answer; a page replaces the policy by its own. Of the devices of a
 * browser the page uses the camera, and nothing that costs money.
 *
 * Every head has more than 512 bytes by them, which is wanted: Deno 2.9 writes a head
 * into 512 bytes, or 1024 if it is longer, and sends the body with it only if that fits
 * in beside it. `strace -e trace=sendto` shows two calls for a head of 507 bytes with a
 * body of 88, and one for a head of 527 with 235; the second call takes some 40 µs.
 */
export const SECURITY_HEADERS: readonly (readonly [string, string])[] = Object
  .entries({
    "Content-Security-Policy": policy(EVERY_PAGE),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy":
      "camera=(self), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=()",
    "Cache-Control": "no-store",
  });
