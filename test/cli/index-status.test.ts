import { indexLines, readIndexStatus } from "../../cli/fleet/index-status";
import { Store, Workshop } from "./repository-fixtures";

const shop = new Workshop();
let said: string;
beforeAll(() => shop.makeKey("ours"));
beforeEach(() => {
  said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => shop.remove());

describe("the end of an index", () => {
  it("is that which it names, else counts from its date, of each suite that hosts follow", async () => {
    const bucket = new Store();
    shop.writeIndex(bucket, []);
    const signed = "2026-01-31T12:00:00Z";
    const status = { suite: "stable", signed, until: "2026-02-14T12:00:00Z", keyUntil: null };
    expect(await readIndexStatus(shop.stack("staging"), bucket)).toEqual([status]);
    expect(await readIndexStatus(shop.stack("staging"), new Store())).toEqual([]);
  });

  it("of one that cannot be trusted is told as that, and hides nothing else", async () => {
    const bucket = new Store();
    bucket.write("dists/stable/InRelease", "Suite: stable\n");
    expect(await readIndexStatus(shop.stack("staging"), bucket)).toEqual([]);
    expect(said).toContain("InRelease cannot be trusted: it bears no signature");
  });

  it("is said in days, with that of its key", () => {
    const index = { suite: "stable", signed: "2026-01-31T12:00:00Z", until: "2026-02-14T12:00:00Z" };
    const lines = (keyUntil: string | null, now: string) => indexLines([{ ...index, keyUntil }], new Date(now));
    expect(lines("2028-01-31T12:00:00Z", "2026-02-05T00:00:00Z")).toEqual([
      "the index of stable is of 2026-01-31T12:00:00Z and ends on 2026-02-14T12:00:00Z, in 9.5 days",
      "its key ends on 2028-01-31T12:00:00Z, in 725 days",
    ]);
    expect(lines(null, "2026-02-15T12:00:00Z")).toEqual([
      "the index of stable is of 2026-01-31T12:00:00Z and ended on 2026-02-14T12:00:00Z, 1.0 days ago",
    ]);
  });
});
