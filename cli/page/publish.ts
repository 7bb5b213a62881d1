import { join, resolve } from "node:path";
import { explained } from "../aws";
import { InputError } from "../errors";
import { replaceFile } from "../replace-file";
import { type Assets, pageHtml } from "./assets";
import type { PageModel } from "./model";

/** A file of the published page. */
interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** Where a page is published: a folder, or a bucket below a prefix. */
export type Shelf = { readonly folder: string } | { readonly bucket: string; readonly prefix: string };

/** @throws InputError where it is neither a folder nor `s3://bucket/prefix` */
export function shelfOf(text: string): Shelf {
  if (!text.startsWith("s3:")) return { folder: resolve(text) };
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  if (bucket !== undefined) return { bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
  throw new InputError(`--publish ${text}: should be a folder, or s3://BUCKET or s3://BUCKET/PREFIX`);
}

/** The page with its data, as files that any web server hands out. */
export function pageFiles(model: PageModel, assets: Assets): PageFile[] {
  return [
    // The data first: whoever finds the page finds what it shows.
    { name: "data.json", type: "application/json", content: JSON.stringify(model) },
    { name: "page.js", type: "text/javascript", content: assets.script },
    { name: "page.css", type: "text/css", content: assets.style },
    { name: "index.html", type: "text/html", content: pageHtml({ kind: "file" }) },
  ];
}

/** Writes the page over the one that was there. @param region of the bucket */
export async function publishPage(files: readonly PageFile[], shelf: Shelf, region: string): Promise<void> {
  if ("folder" in shelf) {
    for (const { name, content } of files) await replaceFile(join(shelf.folder, name), content);
    return;
  }
  const { bucket, prefix } = shelf;
  const s3 = await import("@aws-sdk/client-s3");
  const client = new s3.S3Client({ region });
  for (const { name, type, content } of files) {
    await explained(`write s3://${bucket}/${prefix}${name}`, () =>
      client.send(
        new s3.PutObjectCommand({
          ...{ Bucket: bucket, Key: `${prefix}${name}`, Body: content },
          ...{ ContentType: `${type}; charset=utf-8`, CacheControl: "no-cache" },
        }),
      ),
    );
  }
}
