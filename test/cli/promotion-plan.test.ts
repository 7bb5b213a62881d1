import { previewPromotion } from "../../cli/repository/promote";
import { Store, Workshop } from "./repository-fixtures";

const shop = new Workshop();
beforeAll(() => shop.makeKey("ours"));
afterAll(() => shop.remove());

describe("what a promotion would do", () => {
  const from = new Store("staging-bucket");
  const to = new Store("prod-bucket");
  const plan = (version: string | undefined, forced?: string, allowOlder = false) =>
    previewPromotion(
      { name: "hello", version },
      shop.shelf(from),
      shop.shelf(to, undefined, shop.stack("prod")),
      { allowOlder },
      forced,
    );

  beforeAll(async () => {
    const files = await Promise.all(["1.0.0", "1.1.0", "1.2.0"].map((version) => shop.deb("hello", version)));
    shop.writeIndex(from, files);
    shop.writeIndex(to, files.slice(1, 2));
    for (const group of ["web", "worker"]) {
      for (const version of ["1.0.0", "1.1.0"]) {
        const said = JSON.stringify({ verdict: "ok", instance: "i-1", reason: "", at: "2026-01-31T12:00:00Z" });
        from.write(`rollout/${group}/verdicts/hello/${version}.json`, said);
      }
    }
  });

  it("is to copy what is proven, with what is there now, and writes nothing", async () => {
    const before = [...to.objects.keys()];
    expect(await plan("1.2.0", "hot fix")).toMatchObject({ version: "1.2.0", previous: "1.1.0", changes: true });
    expect((await plan("1.2.0", "hot fix")).forced).toContain("group web has not judged it yet");
    expect(await plan(undefined)).toMatchObject({ version: "1.1.0", changes: false, forced: null });
    expect([to.writes, [...to.objects.keys()]]).toEqual([[], before]);
  });

  it.each([
    ["1.2.0", "hello 1.2.0 is not proven healthy in staging"],
    ["1.0.0", "hello 1.0.0 is older than 1.1.0, which prod lists"],
    ["9.9.9", "9.9.9"],
  ])("is refused of %s as the promotion itself would be", async (version, sentence) => {
    await expect(plan(version)).rejects.toThrow(sentence);
  });
});
