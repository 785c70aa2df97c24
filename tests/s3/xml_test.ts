import { assertEquals } from "@std/assert";
import {
  readElement,
  readListPage,
  readUploads,
} from "../../pipeline/s3/xml.ts";

Deno.test("readListPage() reads a page as AWS documents it", () => {
  const page = readListPage(`<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>bucket</Name><Prefix>a%2F</Prefix><KeyCount>2</KeyCount>
  <MaxKeys>2</MaxKeys><EncodingType>url</EncodingType>
  <IsTruncated>true</IsTruncated>
  <NextContinuationToken>1ueGcxLPRx1Tr/&amp;XYExHnhb</NextContinuationToken>
  <Contents><Key>a%2Fmy-image.jpg</Key><LastModified>2009-10-12T17:50:30.123Z</LastModified>
    <ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>434234</Size></Contents>
  <Contents><Key>a%2Fb+c%2Bd%20%F0%9F%8C%B9</Key><LastModified>2009-10-12T17:50:31.000Z</LastModified>
    <Size>0</Size></Contents>
  <CommonPrefixes><Prefix>a%2Fphotos%2F</Prefix></CommonPrefixes>
</ListBucketResult>`);
  assertEquals(page, {
    objects: [
      {
        key: "a/my-image.jpg",
        sizeBytes: 434234,
        modified: "2009-10-12T17:50:30.123Z",
      },
      {
        key: "a/b c+d 🌹",
        sizeBytes: 0,
        modified: "2009-10-12T17:50:31.000Z",
      },
    ],
    prefixes: ["a/photos/"],
    next: "1ueGcxLPRx1Tr/&XYExHnhb",
  });
});

Deno.test("readListPage() passes over keys that are no UTF-8, and reads an empty page", () => {
  assertEquals(
    readListPage(
      "<ListBucketResult><Contents><Key>%FF</Key><Size>1</Size></Contents></ListBucketResult>",
    ),
    { objects: [], prefixes: [], next: undefined },
  );
});

Deno.test.each<[string, string]>([
  ["is a web page", "<html><body>Please sign in.</body></html>"],
  ["is empty", ""],
  ["breaks off", "<ListBucketResult><IsTruncated>false</IsTruncated>"],
  [
    "is of ListObjects, whose next page has no token",
    "<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>a</NextMarker></ListBucketResult>",
  ],
])("readListPage() takes no answer that %s", (_, xml) => {
  assertEquals(readListPage(xml), undefined);
});

Deno.test("readUploads() reads uploads and where the next page begins", () => {
  const xml = (isTruncated: boolean) =>
    `<KeyMarker/><NextKeyMarker>a%2Fc</NextKeyMarker><NextUploadIdMarker>YW55</NextUploadIdMarker>
<IsTruncated>${isTruncated}</IsTruncated><Upload><Key>a%2Fb</Key><UploadId>XMg</UploadId>
<Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>`;
  const uploads = [
    { key: "a/b", id: "XMg", begun: "2010-11-10T20:48:33.000Z" },
  ];
  assertEquals(readUploads(xml(false)), { uploads, next: undefined });
  assertEquals(readUploads(xml(true)), {
    uploads,
    next: { "key-marker": "a/c", "upload-id-marker": "YW55" },
  });
});

Deno.test("readElement() reads the first element of a name", () => {
  const xml = "<Error><Code>SlowDown</Code><Message>a &lt; b &#x26;</Message>";
  assertEquals(readElement(xml, "Code"), "SlowDown");
  assertEquals(readElement(xml, "Message"), "a < b &");
  assertEquals(readElement(xml, "Key"), undefined);
});
