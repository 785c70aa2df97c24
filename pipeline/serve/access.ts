/**
 * Who may send requests: checked by the `Host` header, the `Origin` header and a token.
 */

import { ApiError } from "./api_error.ts";

/** Who may ask. */
export interface Access {
  /** Host names by which the server may be asked for, in lower case, without ports. */
  hosts: readonly string[];
  /** Origins of other pages that may ask, such as `https://example.org`. */
  origins: readonly string[];
  /** The token, if one is needed. */
  token?: string | undefined;
}

/** Name of the cookie of a page that has given the token. */
export const SESSION_COOKIE = "headstart_session";

/** Names of this machine, for itself. */
export const LOOPBACK_HOSTS: readonly string[] = [
  "localhost",
  "127.0.0.1",
  "[::1]",
];

/** Returns the SHA-256 of a text. */
async function digest(text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * Compares texts in a time that does not depend on where they differ: of their
 * digests, every byte.
 */
export async function isSameSecret(
  given: string,
  expected: string,
): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/**
 * Makes the value of the cookie of a page that has given the token: without the
 * token it cannot be made, and the token cannot be made of it.
 */
export async function sessionValue(token: string): Promise<string> {
  return (await digest(`headstart session ${token}`)).toHex();
}

/** Returns the host of a request, with its port; HTTP/2, which TLS brings, has it in the URL alone. */
function askedHost(request: Request): string | undefined {
  const header = request.headers.get("host");
  if (header !== null) return header;
  const url = URL.parse(request.url);
  return url?.protocol === "https:" ? url.host : undefined;
}

/**
 * Throws unless the `Host` header of a request names this server. A page elsewhere whose
 * name was pointed to this machine (DNS rebinding) sends its own name.
 *
 * @throws {ApiError} If it may not.
 */
export function requireHost(request: Request, { hosts }: Access): void {
  // The line of the request may name another host than the header.
  const asked = [`http://${askedHost(request) ?? ""}/`, request.url]
    .map((url) => URL.parse(url)?.hostname ?? "");
  if (asked.every((name) => hosts.includes(name))) return;
  throw new ApiError(
    "host_not_allowed",
    "Cannot answer for this host: start the server with --hosts to allow it",
  );
}

/**
 * Finds the origin of another page that asks.
 *
 * @returns The origin, if it is another and may ask; `undefined` if the page is of this server, or it is no page.
 * @throws {ApiError} If it may not ask.
 */
export function otherOrigin(
  request: Request,
  { origins }: Access,
): string | undefined {
  const origin = request.headers.get("origin");
  if (origin === null) return undefined;
  // Behind a proxy that ends TLS the schemes differ.
  const host = URL.parse(origin)?.host;
  if (host !== undefined && host === askedHost(request)) return undefined;
  if (origins.includes(origin)) return origin;
  throw new ApiError(
    "origin_not_allowed",
    "Cannot answer a page of another origin: start the server with --origins to allow it",
  );
}

/** Reads a cookie. */
function readCookie(request: Request, name: string): string | undefined {
  return request.headers.get("cookie")?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/**
 * Throws unless the request has the token, or the cookie of a page that has given it.
 *
 * @throws {ApiError} If it has neither.
 */
export async function requireToken(
  request: Request,
  { token }: Access,
): Promise<void> {
  if (token === undefined) return;
  const header = request.headers.get("authorization") ?? "";
  const bearer = /^Bearer +(.*)$/i.exec(header)?.[1] ?? "";
  const cookie = readCookie(request, SESSION_COOKIE) ?? "";
  // Both are always compared, so that the time does not reveal which was wrong.
  const [hasToken, hasCookie] = await Promise.all([
    isSameSecret(bearer, token),
    isSameSecret(cookie, await sessionValue(token)),
  ]);
  if (hasToken || hasCookie) return;
  throw new ApiError(
    "unauthorized",
    "Cannot answer without the token: send it as Authorization: Bearer TOKEN",
  );
}
