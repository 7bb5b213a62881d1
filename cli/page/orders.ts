import { z } from "zod";
import { InputError } from "../errors";
import { parsePackageName, parsePackageVersion } from "../repository/package-version";

// What begins with a hyphen would be an option.
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const release = z.string().max(300);
const reason = z.string().trim().min(1).max(500);

const schema = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("hold"), stack: name, group: name, reason }),
  z.strictObject({ action: z.literal("resume"), stack: name, group: name }),
  z.strictObject({ action: z.literal("nudge"), stack: name, group: name }),
  z.strictObject({ action: z.literal("reject"), stack: name, release, reason }),
  z.strictObject({ action: z.literal("retry"), stack: name, release }),
  z.strictObject({ action: z.literal("promote"), stack: name, release, from: name }),
  z.strictObject({ action: z.literal("rollback"), stack: name, package: z.string(), reason }),
]);

/** What somebody in front of the page wants done. */
export type Order = z.infer<typeof schema>;

/** @throws InputError where it is none, or of a stack that the page does not show */
export function parseOrder(value: unknown, stacks: readonly string[]): Order {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new InputError(`this is no order of the page: ${issue?.path.join("/")}: ${issue?.message}`);
  }
  const order = result.data;
  const named = "from" in order ? [order.stack, order.from] : [order.stack];
  const other = named.find((stack) => !stacks.includes(stack));
  if (other !== undefined)
    throw new InputError(`this page does not show stack ${other}; it shows ${stacks.join(", ")}`);
  if ("release" in order) parsePackageVersion(order.release);
  if ("package" in order) parsePackageName(order.package);
  return order;
}

/**
 * The command that carries it out, as a person would write it.
 * @param asked when the plan was made: a rollback holds only as long as no other version has become the highest since
 */
export function commandOf(order: Order, asked: string): string[] {
  const because = "reason" in order ? [`--reason=${order.reason}`] : [];
  switch (order.action) {
    case "hold":
    case "resume":
    case "nudge":
      return [order.action, order.group, `--stack=${order.stack}`, ...because];
    case "reject":
    case "retry":
      return [order.action, order.release, `--stack=${order.stack}`, ...because];
    case "promote":
      return ["promote", order.release, `--from=${order.from}`, `--to=${order.stack}`];
    case "rollback":
      return ["rollback", order.package, `--stack=${order.stack}`, `--asked=${asked}`, ...because];
  }
}
