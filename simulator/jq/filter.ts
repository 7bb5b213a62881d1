import { JqError, type Path, truthy, type Value } from "./values";

/** The variables of one call of a function. A place belongs to one binding, and what follows it runs before it is bound again. */
export type Frame = Value[];
export type Emit = (value: Value) => void;

/** A filter, ready to run; `one` where it always gives just one value, which is quicker. */
export interface Filter {
  readonly one?: (input: Value, frame: Frame) => Value;
  many(input: Value, frame: Frame, emit: Emit): void;
}

/** Gives the places in `input` that a filter means, with what stands there. */
export type Places = (input: Value, frame: Frame, path: Path, emit: (path: Path, value: Value) => void) => void;

/** Ends the search for a first value. */
const FOUND = new Error("found");

/** Binds the values of a call. */
export function assign(bound: readonly (readonly [number, Filter])[], values: readonly Value[], frame: Frame): void {
  for (const [i, [place]] of bound.entries()) frame[place] = values[i] as Value;
}

/** A value, and all that stands in it. */
export function recursed(value: Value, path: Path, emit: (path: Path, value: Value) => void): void {
  emit(path, value);
  if (Array.isArray(value)) for (const [i, one] of value.entries()) recursed(one, [...path, i], emit);
  else if (typeof value === "object" && value !== null)
    for (const [key, one] of Object.entries(value)) recursed(one, [...path, key], emit);
}

export function single(one: NonNullable<Filter["one"]>): Filter {
  return { one, many: (input, frame, emit) => emit(one(input, frame)) };
}

export function pipe(left: Filter, right: Filter): Filter {
  const { one } = left;
  if (one && right.one) {
    const other = right.one;
    return single((input, frame) => other(one(input, frame), frame));
  }
  if (one) return { many: (input, frame, emit) => right.many(one(input, frame), frame, emit) };
  return { many: (input, frame, emit) => left.many(input, frame, (value) => right.many(value, frame, emit)) };
}

export function alternative(left: Filter, right: Filter): Filter {
  const { one } = left;
  if (one && right.one) {
    const other = right.one;
    return single((input, frame) => {
      let value: Value = null;
      try {
        value = one(input, frame);
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
      }
      return truthy(value) ? value : other(input, frame);
    });
  }
  return {
    many: (input, frame, emit) => {
      const said: Value[] = [];
      try {
        left.many(input, frame, (value) => truthy(value) && said.push(value));
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
      }
      if (said.length === 0) right.many(input, frame, emit);
      for (const value of said) emit(value);
    },
  };
}

/** A filter of what others give; of all their combinations, where they give more than one value. */
export function combined(filters: readonly Filter[], make: (values: readonly Value[]) => Value): Filter {
  const ones = filters.flatMap(({ one }) => one ?? []);
  if (ones.length === filters.length) {
    return single((input, frame) => {
      const values: Value[] = new Array(ones.length);
      for (let i = 0; i < ones.length; i++) values[i] = (ones[i] as NonNullable<Filter["one"]>)(input, frame);
      return make(values);
    });
  }
  return { many: (input, frame, emit) => product(filters, input, frame, (values) => emit(make(values))) };
}

/** Every combination of what filters give. */
export function product(
  filters: readonly Filter[],
  input: Value,
  frame: Frame,
  emit: (values: readonly Value[]) => void,
  values: readonly Value[] = [],
): void {
  const next = filters[values.length];
  if (next === undefined) emit(values);
  else next.many(input, frame, (value) => product(filters, input, frame, emit, [...values, value]));
}

/** The first value that `look` takes. */
export function search(look: (take: (value: Value) => void) => void): Value | undefined {
  let found: Value | undefined;
  try {
    look((value) => {
      found = value;
      throw FOUND;
    });
  } catch (error) {
    if (error !== FOUND) throw error;
  }
  return found;
}
