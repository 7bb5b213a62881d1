import { join } from "node:path";
import { readIfThere } from "../read-if-there";
import { replaceFile } from "../replace-file";
import type { Draft } from "./commit";
import type { Shelf } from "./suite";

/** Reads this machine's copy of the list of packages that it published last in a suite: the next publication need not fetch what it goes by. */
export function listCopy(folder: string, shelf: Pick<Shelf, "suite">): () => Promise<Buffer | undefined> {
  return () => readIfThere(fileOf(folder, shelf));
}

/** Keeps the list of a draft that hosts see by now. */
export async function keepListCopy(folder: string, shelf: Pick<Shelf, "suite">, draft: Draft): Promise<void> {
  await replaceFile(fileOf(folder, shelf), draft.packages.content);
}

function fileOf(folder: string, { suite }: Pick<Shelf, "suite">): string {
  return join(folder, "signed", `${suite.repository.suite}.packages.gz`);
}
