import { type Context, report } from "./report";

/** Checks of a group's ports, address and spares. */

export function addressHasPorts(
  { http, elasticIp }: { http?: unknown; elasticIp?: { ports?: unknown } },
  context: Context,
): void {
  if (elasticIp === undefined || elasticIp.ports !== undefined || http !== undefined) return;
  report(
    context,
    ["elasticIp", "ports"],
    'is missing; without http it should name the ports to open. Write for example "ports: [443]".',
  );
}

const SSH = 22;

/** An address opens the port of `http` to the world where it names no others, and to the stack's hosts where it does. */
export function leavesSshAlone({ port }: { port: number }, context: Context): void {
  if (port !== SSH) return;
  report(context, ["port"], `should be another port than ${SSH}, which is for SSH. Write for example "port: 6000".`);
}

export function opensPortsOnce(ports: readonly number[], context: Context): void {
  ports.forEach((port, index) => {
    if (port === SSH) {
      report(
        context,
        [index],
        `should be another port than ${SSH}, which is for SSH and never open to the world. Name who may connect in access/sshFrom.`,
      );
    }
    if (ports.indexOf(port) < index) {
      report(context, [index], `should be a port the list does not hold yet, but is ${port} again. Remove it.`);
    }
  });
}

export function spareBounds({ min, max }: { min: number; max?: number }, context: Context): void {
  if (max === undefined || min <= max) return;
  report(
    context,
    ["min"],
    `should be no more than max, which is ${max}, but is ${min}. Write for example "min: ${max}".`,
  );
}

export function namesRangesOnce(ranges: readonly string[], context: Context): void {
  ranges.forEach((range, index) => {
    if (ranges.indexOf(range) === index) return;
    report(context, [index], `should be a range the list does not hold yet, but is ${range} again. Remove it.`);
  });
}
