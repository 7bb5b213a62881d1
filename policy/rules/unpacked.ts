import { gunzipSync } from "node:zlib";

/** How deep content may lie in other content; EC2 takes 16 KB of user data in all. */
const DEPTH = 3;
const MOST_BYTES = 2 ** 20;

/** A run of base64, over several lines too. What is shorter than 20 characters holds no secret with its name. */
const BASE64 = /[A-Za-z0-9+/]{20,}(?:\r?\n[ \t]*[A-Za-z0-9+/]+)*/g;

export interface Unpacked {
  /** The content as text, and the text of everything packed in it. */
  readonly texts: readonly string[];
  /** Whether something compressed is broken, or larger than {@link MOST_BYTES}. */
  readonly unreadable: boolean;
}

/** Opens what is compressed, or written in base64 as the files of cloud-config are, and what lies in that again. */
export function unpacked(bytes: Buffer, depth = DEPTH): Unpacked {
  const opened = isGzip(bytes) ? gunzip(bytes) : bytes;
  if (opened === undefined) return { texts: [], unreadable: true };
  const text = unescaped(opened.toString());
  const inner =
    depth === 0 ? [] : (text.match(BASE64) ?? []).map((run) => unpacked(Buffer.from(run, "base64"), depth - 1));
  return {
    texts: [text, ...inner.flatMap(({ texts }) => texts)],
    unreadable: inner.some(({ unreadable }) => unreadable),
  };
}

function isGzip([first, second, method]: Buffer): boolean {
  return first === 0x1f && second === 0x8b && method === 8;
}

/** Nothing where it is broken or too large, which is for the caller to tell: there is no more to know. */
function gunzip(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    return undefined;
  }
}

/** cloud-config is often JSON, whose strings write lines and quotes with a backslash. */
function unescaped(text: string): string {
  return text.replace(/\\{1,4}([nrt"'/])/g, (_, character: string) => ("nrt".includes(character) ? "\n" : character));
}
