import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { codeOf } from "../errors";
import { replaceFile } from "../replace-file";
import type { Objects } from "./bucket";
import type { Draft } from "./commit";
import type { Shelf } from "./suite";

/** This machine's copy of the list of packages that it published last in a suite: the next publication need not fetch what it goes by. */
export function listCopy(folder: string, shelf: Pick<Shelf, "suite">): Pick<Objects, "get"> {
  return {
    async get(key) {
      try {
        return { content: await readFile(fileOf(folder, shelf)), etag: basename(key) };
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}

/** Keeps the list of a draft that hosts see by now. */
export async function keepListCopy(folder: string, shelf: Pick<Shelf, "suite">, draft: Draft): Promise<void> {
  await replaceFile(fileOf(folder, shelf), draft.packages.content);
}

function fileOf(folder: string, { suite }: Pick<Shelf, "suite">): string {
  return join(folder, "signed", `${suite.repository.suite}.packages.gz`);
}
