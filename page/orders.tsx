import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Outcome, Plan } from "../cli/page/order-desk";
import type { Order } from "../cli/page/orders";
import { Dialog } from "./dialog";
import { metaOf } from "./feed";

/** An order without its reason, which the dialog asks for. */
export type Asked = Order extends infer Each ? (Each extends unknown ? Omit<Each, "reason"> : never) : never;

/** Opens the dialog of an order; undefined where nothing can be ordered. */
export const Ordering = createContext<((order: Asked) => void) | undefined>(undefined);

const NEEDS_REASON = ["hold", "reject", "rollback"];

/** A button that leads to an order's dialog; nothing where the page is only to be read. */
export function OrderButton({
  order,
  label,
  of,
}: {
  readonly order: Asked;
  readonly label: string;
  readonly of: string;
}) {
  const open = useContext(Ordering);
  if (open === undefined) return null;
  return (
    <button type="button" class="order" onClick={() => open(order)}>
      {label}
      <span class="unseen"> {of}</span>
    </button>
  );
}

/** Whether there is somebody to order from. */
export function mayOrder(): boolean {
  return metaOf("feed") === "live" && metaOf("order") !== "";
}

async function send<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Towline-Page": metaOf("order") },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return (await answer.json()) as T;
}

type Stage =
  | { readonly at: "reason" | "planning" | "doing" }
  | { readonly at: "planned"; readonly outcome: Plan }
  | { readonly at: "done"; readonly outcome: Outcome }
  | { readonly at: "failed"; readonly text: string };

/** An order's dialog: the reason where one is needed, the plan, then what became of it. */
export function OrderDialog({ order, close }: { readonly order: Asked; readonly close: () => void }) {
  const [reason, setReason] = useState("");
  const needsReason = NEEDS_REASON.includes(order.action);
  const [stage, setStage] = useState<Stage>({ at: needsReason ? "reason" : "planning" });
  const tell = (error: unknown) =>
    setStage({ at: "failed", text: error instanceof Error ? error.message : String(error) });
  const plan = () => {
    setStage({ at: "planning" });
    const whole = needsReason ? { ...order, reason } : order;
    send<Plan>("orders/plan", whole).then((outcome) => setStage({ at: "planned", outcome }), tell);
  };
  const run = (number: string) => {
    setStage({ at: "doing" });
    send<Outcome>("orders/run", { plan: number }).then((outcome) => setStage({ at: "done", outcome }), tell);
  };
  useEffect(() => {
    if (!needsReason) plan();
  }, []);
  return (
    <Dialog name="order" title={nameOf(order)} close={close}>
      {stage.at === "reason" ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            plan();
          }}
        >
          <label>
            Why?{" "}
            <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>{" "}
          <button type="submit">Show the plan</button>
        </form>
      ) : null}
      <div role="status">
        {stage.at === "planning" ? <p>Asking what it would do…</p> : null}
        {stage.at === "doing" ? <p>It is being done…</p> : null}
        {stage.at === "failed" ? <p class="trouble">{stage.text}</p> : null}
        {"outcome" in stage ? (
          <>
            <p>
              <code>{stage.outcome.command}</code>
            </p>
            <pre class={stage.outcome.exitCode === 0 ? "" : "trouble"}>{stage.outcome.text}</pre>
          </>
        ) : null}
      </div>
      {stage.at === "planned" && stage.outcome.plan !== "" ? (
        <button type="button" class="do" onClick={() => run(stage.outcome.plan)}>
          Do it
        </button>
      ) : null}
    </Dialog>
  );
}

function nameOf(order: Asked): string {
  switch (order.action) {
    case "promote":
      return `Promote ${order.release} from ${order.from} to ${order.stack}`;
    case "rollback":
      return `Roll ${order.package} back in ${order.stack}`;
    case "reject":
      return `Reject ${order.release} in ${order.stack}`;
    case "retry":
      return `Try ${order.release} again in ${order.stack}`;
    case "hold":
      return `Hold ${order.group} of ${order.stack}`;
    case "resume":
      return `End the hold of ${order.group} of ${order.stack}`;
    case "nudge":
      return `Have ${order.group} of ${order.stack} look now`;
  }
}
