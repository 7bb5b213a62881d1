/** What is due, by its time; of what is due at the same time, what came first is first. */
export class Queue<T> {
  private readonly heap: { readonly at: number; readonly number: number; readonly what: T }[] = [];
  private added = 0;

  add(at: number, what: T): void {
    const { heap } = this;
    const one = { at, number: this.added++, what };
    let place = heap.push(one) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!before(one, heap[above] as typeof one)) break;
      heap[place] = heap[above] as typeof one;
      place = above;
    }
    heap[place] = one;
  }

  /** When the first is due; infinity where nothing is. */
  get next(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  take(): T | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first?.what;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1] as typeof last, heap[below] as typeof last)) below++;
      if (!before(heap[below] as typeof last, last)) break;
      heap[place] = heap[below] as typeof last;
      place = below;
    }
    heap[place] = last;
    return first.what;
  }
}

function before(one: { at: number; number: number }, other: { at: number; number: number }): boolean {
  return one.at < other.at || (one.at === other.at && one.number < other.number);
}
