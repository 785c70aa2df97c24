/**
 * Where an object store is and who asks: the standard variables and files of AWS.
 *
 * Nothing is asked over the network, and no secret stands in a message.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"
 * and "Environment variables support".
 */

import { ObjectStoreError } from "../errors.ts";

/** Environment variables; `Deno.env` is one. */
export interface Environment {
  /** Returns the value of a variable, or `undefined` if it is not set. */
  get(name: string): string | undefined;
}

/** Reads a file of settings; returns `undefined` where there is none. */
export type ReadText = (path: string) => string | undefined;

/** Who asks. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** Where an object store is, and who asks. */
export interface Access {
  credentials: Credentials;
  region: string;
  /** Address of a server other than AWS, without a slash at its end. */
  endpoint: string | undefined;
}

/** Settings of a profile. */
type Profile = Readonly<Record<string, string>>;

/** Ways to sign in that need a program or a server. */
const OTHER_WAYS = [
  "sso_session",
  "sso_start_url",
  "role_arn",
  "credential_process",
  "web_identity_token_file",
];

/**
 * Reads the settings of a profile.
 *
 * Lines that are indented belong to the setting before them, and are passed over.
 *
 * @param text A file of sections in brackets, with lines `name = value`.
 * @param names What the section may be called.
 */
function readProfile(text: string, names: readonly string[]): Profile {
  const profile: Record<string, string> = {};
  let isWanted = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\[\s*(.*?)\s*\]/.exec(line);
    if (section) isWanted = names.includes(section[1]!.replace(/\s+/g, " "));
    const [, name, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isWanted && name !== undefined) profile[name.toLowerCase()] = value!;
  }
  return profile;
}

/** Finds the profile that is asked for, in both files. */
function findProfile(env: Environment, read: ReadText): Profile {
  const home = env.get("HOME") || env.get("USERPROFILE");
  const at = (variable: string, file: string) =>
    env.get(variable) || (home && `${home}/.aws/${file}`);
  const name = env.get("AWS_PROFILE") || "default";
  const config = at("AWS_CONFIG_FILE", "config");
  const secrets = at("AWS_SHARED_CREDENTIALS_FILE", "credentials");
  const names = [`profile ${name}`, ...name === "default" ? [name] : []];
  return {
    ...readProfile(config && read(config) || "", names),
    ...readProfile(secrets && read(secrets) || "", [name]),
  };
}

/** Reads the credentials of the variables or, without any, of the profile. */
function findCredentials(env: Environment, profile: Profile): Credentials {
  const isGiven = env.get("AWS_ACCESS_KEY_ID") ||
    env.get("AWS_SECRET_ACCESS_KEY");
  const value = (name: string) =>
    (isGiven ? env.get(name) : profile[name.toLowerCase()]) || undefined;
  const accessKeyId = value("AWS_ACCESS_KEY_ID");
  const secretAccessKey = value("AWS_SECRET_ACCESS_KEY");
  const sessionToken = value("AWS_SESSION_TOKEN");
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, sessionToken };
  }
  const other = OTHER_WAYS.find((name) => profile[name] !== undefined);
  throw new ObjectStoreError(
    other === undefined
      ? "Cannot use an object store as there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for those of ~/.aws/credentials"
      : `Cannot use an object store as the profile signs in by ${other}, which needs another program: set what "aws configure export-credentials --format env" prints`,
  );
}

/** Reads the address of a server. */
function readEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) &&
    url.username === "" && url.password === "" && url.search === "";
  if (!isPlain) {
    throw new ObjectStoreError(
      "Cannot use AWS_ENDPOINT_URL as it must be an address such as https://host:9000, without credentials",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/**
 * Finds out where the object store is, and who asks.
 *
 * Variables come first: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
 * `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL` (and `_S3`); then the profile
 * `AWS_PROFILE` of `~/.aws/credentials` and `~/.aws/config`.
 *
 * @throws {ObjectStoreError} If there are no credentials, or the address is none.
 */
export function findAccess(env: Environment, read: ReadText): Access {
  const profile = findProfile(env, read);
  const endpoint = env.get("AWS_ENDPOINT_URL_S3") ||
    env.get("AWS_ENDPOINT_URL") || profile.endpoint_url;
  const region = env.get("AWS_REGION") || env.get("AWS_DEFAULT_REGION") ||
    profile.region || (endpoint && "us-east-1");
  if (!region) {
    throw new ObjectStoreError(
      "Cannot use an object store as it is not said where it is: set AWS_REGION, or AWS_ENDPOINT_URL for a server other than AWS",
    );
  }
  const credentials = findCredentials(env, profile);
  return {
    credentials,
    region,
    endpoint: endpoint ? readEndpoint(endpoint) : undefined,
  };
}
