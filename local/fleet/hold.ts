import type { LifecycleHook } from "./settings";

/** What became of an instance that was held at a hook. */
export interface HookAnswer {
  /** `CONTINUE` or `ABANDON`. */
  readonly result: string;
  /** How it came about, as Auto Scaling words it. */
  readonly how: string;
}

/** An instance being held at a lifecycle hook, until it is answered or its time is up. */
export class Hold {
  /** Never resolves once the hold is cancelled. */
  readonly answered: Promise<HookAnswer>;
  private settle: (answer: HookAnswer) => void = () => {};
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly hook: LifecycleHook) {
    this.answered = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Begins to count the hook's time. */
  start(): void {
    const { defaultResult, heartbeatTimeout } = this.hook;
    this.timer = setTimeout(() => this.answer(defaultResult, "Heartbeat Timeout"), heartbeatTimeout * 1000);
  }

  /** Gives the instance the whole of the hook's time again. */
  prolong(): void {
    this.timer?.refresh();
  }

  answer(result: string, how = `Lifecycle Action Completed with ${result} Result`): void {
    this.cancel();
    this.settle({ result, how });
  }

  cancel(): void {
    clearTimeout(this.timer);
  }
}
