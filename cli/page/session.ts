import { messageOf } from "../errors";
import { changeBetween } from "./change";
import type { HostDetail, PageModel, StackView } from "./model";
import type { PageSource } from "./source";

/** Told of what a page is to show: everything, a stack's changes, or that a look failed. */
export type Listener = (event: "model" | "change" | "trouble", data: unknown) => void;

/** Looks at the stacks for all pages that are open, and not at all while none is. */
export class Session {
  private readonly views = new Map<string, StackView>();
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private ended = false;

  /** @param sources by stack, in their order @param seconds between two looks */
  constructor(
    private readonly sources: ReadonlyMap<string, PageSource>,
    private readonly seconds: number,
  ) {}

  get stacks(): string[] {
    return [...this.sources.keys()];
  }

  model(): PageModel {
    return { stacks: this.stacks.flatMap((stack) => this.views.get(stack) ?? []) };
  }

  /** Tells a listener all there is, then what changes. @returns ends it */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.views.size === this.sources.size) listener("model", this.model());
    this.schedule(0);
    return () => this.listeners.delete(listener);
  }

  /** A look now; one that is under way is waited for, since it may have begun before. */
  async lookNow(): Promise<void> {
    await this.looking;
    await this.look();
  }

  detail(stack: string, group: string, instance: string): Promise<HostDetail | undefined> {
    return this.sources.get(stack)?.detail(group, instance) ?? Promise.resolve(undefined);
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private schedule(milliseconds: number): void {
    if (this.timer !== undefined || this.ended) return;
    this.timer = setTimeout(async () => {
      await this.look();
      this.timer = undefined;
      if (this.listeners.size > 0) this.schedule(this.seconds * 1000);
    }, milliseconds);
  }

  private look(): Promise<void> {
    this.looking ??= Promise.all([...this.sources].map(([stack, source]) => this.lookAt(stack, source))).then(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookAt(stack: string, source: PageSource): Promise<void> {
    try {
      const [before, now] = [this.views.get(stack), await source.look()];
      this.views.set(stack, now);
      if (before !== undefined) this.tell("change", changeBetween(before, now));
      else if (this.views.size === this.sources.size) this.tell("model", this.model());
    } catch (error) {
      // The next look tries again; until then the page says how old it is.
      this.tell("trouble", { stack, message: messageOf(error) });
    }
  }

  private tell(...[event, data]: Parameters<Listener>): void {
    for (const listener of this.listeners) listener(event, data);
  }
}
