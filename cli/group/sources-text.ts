import { Document, isScalar } from "yaml";
import type { SourcedValue } from "../../infra/config";

/** Where a value stems from, as people read it: the key under which it was written, or that nobody wrote it. */
export function sourceText({ from, post }: SourcedValue, group: string): string {
  if (from === "default") return "default";
  const section = from === "base" ? "__base__" : group;
  return post === undefined ? section : `${section} (${post})`;
}

/** `size.max`, `packages[0]`. */
export function pathText(path: SourcedValue["path"]): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
}

/** The whole of a group as a section of the stack's file, each value with a comment that says where it stems from. */
export function sourcesYaml(group: string, values: readonly SourcedValue[]): string {
  const document = new Document({ [group]: {} });
  for (const one of values) {
    // A list must be there before its items; a key that is a number makes none.
    one.path.slice(1).forEach((key, index) => {
      const path = [group, ...one.path.slice(0, index + 1)];
      if (!document.hasIn(path)) document.setIn(path, document.createNode(typeof key === "number" ? [] : {}));
    });
    const node = document.createNode(one.value);
    if (isScalar(node)) node.comment = ` ${sourceText(one, group)}`;
    document.setIn([group, ...one.path], node);
  }
  return document.toString({ lineWidth: 0 }).trimEnd();
}
