import { assertEquals, assertThrows } from "@std/assert";
import { readTrace } from "./strace.ts";

const NOTHING = { files: [], addresses: [] };

Deno.test.each([
  [`openat(AT_FDCWD</a>, "b", O_WRONLY|O_CREAT, 0666) = 3</a/b>`, "/a/b"],
  [`openat(7</a>, "b \\"c\\"", O_RDWR) = -1 EACCES (x)`, `/a/b \\"c\\"`],
  [`open("/a/b", O_RDONLY|O_TRUNC) = 3</a/b>`, "/a/b"],
  [`creat("b", 0666 <unfinished ...>`, "/cwd/b"],
  [`mkdirat(7</a>, "b", 0777) = 0`, "/a/b"],
  [`unlink("/a/b") = 0`, "/a/b"],
  [`symlink("/etc/passwd", "/a/b") = 0`, "/a/b"],
  [`linkat(7</a>, "c", 8</b>, "d", 0) = 0`, "/b/d"],
])("readTrace() finds the file of %s", (line, path) => {
  assertEquals(readTrace(`12 ${line}\n`, "/cwd"), {
    ...NOTHING,
    files: [path],
  });
});

Deno.test("readTrace() finds both paths of a rename, and each once", () => {
  const log = `1 rename("a", "/b") = 0\n1 rename("a", "/b") = 0\n`;
  assertEquals(readTrace(log, "/cwd").files, ["/cwd/a", "/b"]);
});

Deno.test("readTrace() finds addresses, also where a call is resumed", () => {
  const address = (port: number) =>
    `{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("1.2.3.4")}`;
  const log = `
1 connect(3<socket:[9]>, ${address(443)}, 16 <unfinished ...>
2 sendmmsg(4<socket:[8]>,  <unfinished ...>
1 <... connect resumed>) = 0
2 <... sendmmsg resumed>[{msg_hdr={msg_name=${
    address(53)
  }, msg_namelen=16}}], 1, 0) = 1
3 connect(3<socket:[9]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = -1 ENOENT (x)
`;
  assertEquals(readTrace(log, "/"), {
    ...NOTHING,
    addresses: [
      address(443),
      address(53),
      `{sa_family=AF_UNIX, sun_path="/run/x"}`,
    ],
  });
});

Deno.test("readTrace() leaves out what only reads, and sockets of the program itself", () => {
  const log = `
1 openat(AT_FDCWD</a>, "b", O_RDONLY|O_CLOEXEC) = 3</a/b>
1 sendto(12<socket:[44957]>, "X", 1, MSG_DONTWAIT, NULL, 0) = 1
1 <... openat resumed>) = 3</a/b>
1 +++ exited with 0 +++
`;
  assertEquals(readTrace(log, "/"), NOTHING);
});

Deno.test("readTrace() throws where the log cannot show everything", () => {
  assertThrows(
    () => readTrace("1 io_uring_setup(8, {flags=0}) = 3\n", "/"),
    Error,
    "Cannot tell what a program does as it calls io_uring_setup",
  );
});
