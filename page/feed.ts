import { applyChange, type StackChange } from "../cli/page/change";
import type { PageModel } from "../cli/page/model";

/** Told of what there is to show, and of what hinders it ('' once nothing does). */
export interface Listener {
  show(model: PageModel): void;
  trouble(text: string): void;
}

/** How often a file beside the page is read: whoever publishes it writes it not much more often. */
const FILE_MILLISECONDS = 30_000;

/** What a `<meta>` of the page says. */
export function metaOf(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="towline-${name}"]`)?.content ?? "";
}

/** Follows the data of the page, for as long as it is open. */
export function follow(listener: Listener): void {
  if (metaOf("feed") === "file") followFile(listener);
  else followEvents(listener);
}

function followEvents({ show, trouble }: Listener): void {
  let model: PageModel = { stacks: [] };
  const failed = new Map<string, string>();
  const said = () => trouble([...failed].map(([stack, message]) => `${stack}: ${message}`).join("; "));
  const events = new EventSource("events");
  events.addEventListener("model", ({ data }) => {
    model = JSON.parse(data) as PageModel;
    failed.clear();
    said();
    show(model);
  });
  events.addEventListener("change", ({ data }) => {
    const change = JSON.parse(data) as StackChange;
    if (failed.delete(change.stack)) said();
    model = { stacks: model.stacks.map((one) => (one.stack === change.stack ? applyChange(one, change) : one)) };
    show(model);
  });
  events.addEventListener("trouble", ({ data }) => {
    const { stack, message } = JSON.parse(data) as { stack: string; message: string };
    failed.set(stack, message);
    said();
  });
  // The browser tries again by itself; where the command has ended, nobody answers.
  events.addEventListener("error", () => trouble("the command that serves this page has ended, or does not answer"));
}

function followFile({ show, trouble }: Listener): void {
  const read = async () => {
    try {
      const answer = await fetch("data.json", { cache: "no-cache" });
      if (!answer.ok) throw new Error(`data.json: ${answer.status}`);
      show((await answer.json()) as PageModel);
      trouble("");
    } catch (error) {
      trouble(`cannot read the data of this page: ${error instanceof Error ? error.message : error}`);
    }
  };
  void read();
  setInterval(read, FILE_MILLISECONDS);
}
