import { styleText } from "node:util";

const paint = (format: Parameters<typeof styleText>[0], text: string) =>
  styleText(format, text, { stream: process.stdout });

/** A step's work; `note` adds a line under the step. */
type Work<T> = (note: (text: string) => void) => Promise<T>;

/** Prints what is being done, and once it is done, how long it took. */
export class Progress {
  private readonly began = Date.now();

  /** Runs one step of the story; its notes are printed under it. @throws what the step throws, after printing the step as failed. */
  step<T>(title: string, work: Work<T>): Promise<T> {
    return this.show(title, work, process.stdout.isTTY === true);
  }

  /** The same for a step that others run beside: its beginning stays on a line of its own. */
  beside<T>(title: string, work: Work<T>): Promise<T> {
    return this.show(title, work, false);
  }

  private async show<T>(title: string, work: Work<T>, inPlace: boolean): Promise<T> {
    const started = Date.now();
    const notes: string[] = [];
    if (inPlace) process.stdout.write(`${paint("cyan", "…")} ${title}`);
    else console.log(`… ${title}`);
    const finish = (mark: string) => {
      if (inPlace) process.stdout.write("\r\u001b[K");
      console.log(`${mark} ${title}  ${paint("dim", this.elapsed(started))}`);
      for (const line of notes.flatMap((note) => note.trim().split("\n"))) console.log(paint("dim", `    ${line}`));
    };
    try {
      const result = await work((text) => notes.push(text));
      finish(paint("green", "✔"));
      return result;
    } catch (error) {
      finish(paint("red", "✘"));
      throw error;
    }
  }

  line(text = ""): void {
    console.log(text);
  }

  /** Since the beginning of everything. */
  total(): string {
    return this.elapsed(this.began);
  }

  private elapsed(since: number): string {
    return `${((Date.now() - since) / 1000).toFixed(1)} s`;
  }
}
