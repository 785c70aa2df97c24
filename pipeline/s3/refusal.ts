/**
 * What an object store refuses, in words, and whether to ask again.
 *
 * Nothing that a server says is repeated but its code: its words may hold a key or a
 * signature.
 *
 * Source: Amazon S3 API reference, "Error responses".
 */

/** Why the server refuses, by its code. */
const REASONS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "the server does not know the access key",
  SignatureDoesNotMatch: "the secret key is not that of the access key",
  AccessDenied: "these credentials may not do it",
  ExpiredToken: "the credentials have expired: get new ones",
  InvalidToken: "the session token is not valid",
  RequestTimeTooSkewed: "the clock of this machine is wrong",
  NoSuchBucket: "there is no such bucket",
  NoSuchKey: "there is no such object",
  InvalidObjectState: "the object is archived: restore it first",
  EntityTooLarge: "the server takes no object of this size",
  QuotaExceeded: "the quota is used up",
};

/** Statuses after which the same request may succeed. */
const TRANSIENT: readonly number[] = [408, 409, 425, 429, 500, 502, 503, 504];

/** Codes after which it may, of other statuses: what came was not what was sent, or the server failed after it had answered 200. */
const TRANSIENT_CODES: readonly string[] = [
  "RequestTimeout",
  "IncompleteBody",
  "BadDigest",
  "XAmzContentSHA256Mismatch",
  "InternalError",
  "ServiceUnavailable",
  "SlowDown",
];

/** Says whether the same request may succeed later. */
export function isTransient(status: number, code: string | undefined): boolean {
  return TRANSIENT.includes(status) || TRANSIENT_CODES.includes(code ?? "");
}

/** Says why a server refuses. */
export function explainAnswer(
  answer: {
    status: number;
    code: string | undefined;
    headers: Headers;
    host: string;
    method: string;
  },
): string {
  const { status, code = "", headers, host, method } = answer;
  const region = headers.get("x-amz-bucket-region") ?? "";
  if (status >= 300 && status < 400) {
    return /^[a-z0-9-]+$/.test(region)
      ? `the bucket is in another region: set AWS_REGION=${region}`
      : `"${host}" sends elsewhere: AWS_ENDPOINT_URL or AWS_REGION is not that of the bucket`;
  }
  if (Object.hasOwn(REASONS, code)) return REASONS[code]!;
  // An answer to HEAD has no words.
  if (status === 403 && method === "HEAD") {
    return "these credentials may not do it, or are wrong";
  }
  return `"${host}" answered ${status}${/^\w+$/.test(code) ? ` ${code}` : ""}`;
}

/** Says why a request got no answer, and whether it may get one later. */
export function explainFailure(
  error: unknown,
  host: string,
): { reason: string; isTransient: boolean } {
  if ((error as Error).name === "NotCapable") {
    return {
      reason:
        `this task has no permission to connect to "${host}": set HEADSTART_NET=--allow-net=${host}`,
      isTransient: false,
    };
  }
  const { message, cause } = error as Error;
  const text = cause instanceof Error ? cause.message : message;
  if (text.includes("invalid peer certificate")) {
    return {
      reason:
        `the certificate of "${host}" is not trusted: DENO_CERT names that of your own authority`,
      isTransient: false,
    };
  }
  // Without the address and the layers above.
  const detail = text.replace(
    /^error sending request .*?: client error \(\w+\): /,
    "",
  );
  return { reason: `"${host}" gives no answer: ${detail}`, isTransient: true };
}
