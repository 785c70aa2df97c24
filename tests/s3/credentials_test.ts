import { assertEquals, assertThrows } from "@std/assert";
import { ObjectStoreError } from "../../pipeline/errors.ts";
import { findAccess } from "../../pipeline/s3/credentials.ts";

const CREDENTIALS = `
[default]
aws_access_key_id = DEFAULTKEY
aws_secret_access_key=defaultsecret

# a comment
[work]
aws_access_key_id=WORKKEY
aws_secret_access_key = work/secret=
aws_session_token = worktoken
`;

const CONFIG = `
[default]
region = eu-west-1
s3 =
  endpoint_url = http://indented:1
[profile work]
region = us-east-2
endpoint_url = https://objects.example:9000/
[profile signed-on]
sso_session = company
region = us-east-2
`;

/** Finds access with some variables, and the files above. */
function find(variables: Record<string, string>) {
  const files: Record<string, string> = {
    "/home/ada/.aws/credentials": CREDENTIALS,
    "/home/ada/.aws/config": CONFIG,
    "/elsewhere": CREDENTIALS.replaceAll("DEFAULT", "OTHER"),
  };
  const env = { HOME: "/home/ada", ...variables } as Record<string, string>;
  return findAccess({ get: (name) => env[name] }, (path) => files[path]);
}

const KEYS = {
  AWS_ACCESS_KEY_ID: "ENVKEY",
  AWS_SECRET_ACCESS_KEY: "envsecret",
};

const ENV = {
  accessKeyId: "ENVKEY",
  secretAccessKey: "envsecret",
  sessionToken: undefined,
};

const DEFAULT = {
  accessKeyId: "DEFAULTKEY",
  secretAccessKey: "defaultsecret",
  sessionToken: undefined,
};

const WORK = {
  accessKeyId: "WORKKEY",
  secretAccessKey: "work/secret=",
  sessionToken: "worktoken",
};

Deno.test("findAccess() takes the variables before the files", () => {
  assertEquals(find({ ...KEYS, AWS_REGION: "eu-north-1" }), {
    credentials: ENV,
    region: "eu-north-1",
    endpoint: undefined,
  });
  const { credentials } = find({ ...KEYS, AWS_SESSION_TOKEN: "token" });
  assertEquals(credentials, { ...ENV, sessionToken: "token" });
});

Deno.test("findAccess() takes the default profile, and not what is indented in it", () => {
  assertEquals(find({}), {
    credentials: DEFAULT,
    region: "eu-west-1",
    endpoint: undefined,
  });
});

Deno.test("findAccess() takes the profile that is named, with its server", () => {
  assertEquals(find({ AWS_PROFILE: "work" }), {
    credentials: WORK,
    region: "us-east-2",
    endpoint: "https://objects.example:9000",
  });
});

Deno.test("findAccess() takes the files that variables name", () => {
  const { credentials } = find({ AWS_SHARED_CREDENTIALS_FILE: "/elsewhere" });
  assertEquals(credentials.accessKeyId, "OTHERKEY");
});

Deno.test("findAccess() needs no region for a server other than AWS", () => {
  const given = { ...KEYS, HOME: "/nowhere" };
  const { endpoint, region } = find({
    ...given,
    AWS_ENDPOINT_URL: "http://127.0.0.1:9000",
    AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9001",
  });
  assertEquals([endpoint, region], ["http://127.0.0.1:9001", "us-east-1"]);
  assertThrows(
    () => find(given),
    ObjectStoreError,
    "Cannot use an object store as it is not said where it is: set AWS_REGION, or AWS_ENDPOINT_URL for a server other than AWS",
  );
});

Deno.test.each<[string, Record<string, string>, string]>([
  [
    "there are none",
    { AWS_PROFILE: "nobody", AWS_REGION: "eu-west-1" },
    "Cannot use an object store as there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for those of ~/.aws/credentials",
  ],
  [
    "half is given",
    { AWS_SECRET_ACCESS_KEY: "topsecret" },
    "Cannot use an object store as there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for those of ~/.aws/credentials",
  ],
  [
    "a program has to sign in",
    { AWS_PROFILE: "signed-on" },
    'Cannot use an object store as the profile signs in by sso_session, which needs another program: set what "aws configure export-credentials --format env" prints',
  ],
  [
    "an address has a password",
    { ...KEYS, AWS_ENDPOINT_URL: "https://ada:topsecret@host" },
    "Cannot use AWS_ENDPOINT_URL as it must be an address such as https://host:9000, without credentials",
  ],
])("findAccess() says so when %s, and tells no secret", (_, env, message) => {
  const error = assertThrows(() => find(env), ObjectStoreError);
  assertEquals(error.message, message);
});
