import { useEffect, useState } from "preact/hooks";
import type { PageModel } from "../cli/page/model";
import { follow, metaOf } from "./feed";
import { Host } from "./host";
import { type Asked, mayOrder, OrderDialog, Ordering } from "./orders";
import { Pipeline } from "./pipeline";
import { Stack } from "./stack";
import { SHAPES } from "./tiles";
import { ago } from "./time";

/** The whole page. */
export function App() {
  const [model, setModel] = useState<PageModel>({ stacks: [] });
  const [trouble, setTrouble] = useState("");
  const [order, setOrder] = useState<Asked>();
  const [opened, setOpened] = useState<{ readonly stack: string; readonly key: string }>();
  useEffect(() => follow({ show: setModel, trouble: setTrouble }), []);
  const view = model.stacks.find(({ stack }) => stack === opened?.stack);
  const oldest = model.stacks.map(({ at }) => at).sort()[0];
  return (
    <>
      <header class="top">
        <h1>towline</h1>
        <p role="status">
          {trouble !== "" ? (
            <b class="trouble">{trouble}</b>
          ) : oldest === undefined ? (
            "Looking at the stacks…"
          ) : (
            <AsOf at={oldest} />
          )}
        </p>
      </header>
      <Ordering.Provider value={mayOrder() ? setOrder : undefined}>
        <main>
          <Pipeline model={model} />
          {model.stacks.map((one) => (
            <Stack key={one.stack} view={one} open={(stack, key) => setOpened({ stack, key })} />
          ))}
          <Shapes />
        </main>
      </Ordering.Provider>
      {order ? <OrderDialog order={order} close={() => setOrder(undefined)} /> : null}
      {view && opened ? <Host view={view} host={opened.key} close={() => setOpened(undefined)} /> : null}
    </>
  );
}

/** How old it is what the page shows, by a clock of its own: the rest of the page is not drawn anew for it. */
function AsOf({ at }: { readonly at: string }) {
  const [now, setNow] = useState(() => new Date().toISOString());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date().toISOString()), 5000);
    return () => clearInterval(timer);
  }, []);
  return `${metaOf("feed") === "live" ? "live" : "published"}, as of ${ago(at, at > now ? at : now)}`;
}

/** What the shapes mean. */
function Shapes() {
  return (
    <section class="shapes" aria-label="what the shapes mean">
      <ul class="legend">
        {Object.entries(SHAPES).map(([state, shape]) => (
          <li key={state}>
            <i aria-hidden="true">{shape}</i> {state}
          </li>
        ))}
      </ul>
    </section>
  );
}
