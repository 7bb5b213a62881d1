import { publishPackages } from "../../cli/repository/publish";
import { renewSuite } from "../../cli/repository/renew";
import { Store, Workshop } from "../cli/repository-fixtures";

// Indefinite freeze: somebody who can write the bucket, or stand between it and the hosts, keeps serving an index that was signed once.

const DAY = 24 * 60 * 60 * 1000;
const shop = new Workshop();
const ORIGIN = { commit: null, buildUrl: null, promotedFrom: null, forced: null };
const options = (machine: string) => {
  return { signingKey: shop.path("ours.secret.asc"), stateDirectory: shop.path(machine), wait: 0, by: "ann" };
};

beforeAll(() => shop.makeKey("ours"));
beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => shop.remove());

describe("the publisher", () => {
  it("gives each index an end, and signs it anew when less than half of its time is left", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    const inRelease = () => bucket.objects.get("dists/stable/InRelease")?.toString() ?? "";
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(inRelease())?.[1] ?? "";
    expect(await renewSuite(shelf, options("one"))).toBeUndefined();

    await publishPackages(shelf, [await shop.deb("hello", "1.0")], options("one"), ORIGIN);
    expect(field("Valid-Until")).toMatch(/ UTC$/);
    expect(Date.parse(field("Valid-Until")) - Date.parse(field("Date"))).toBe(14 * DAY);
    const published = inRelease();
    expect(await renewSuite(shelf, options("one"))).toMatchObject({ suite: "stable", due: false, renewed: false });
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + 8 * DAY);
    expect(await renewSuite(shelf, undefined)).toMatchObject({ due: true, renewed: false });
    expect(inRelease()).toBe(published);
    expect(await renewSuite(shelf, options("one"))).toMatchObject({ due: true, renewed: true });
    expect(inRelease()).not.toBe(published);
    expect(field("X-Towline-Serial")).toBe("2");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
  });

  it("does not bring an index to life that has ended and was signed elsewhere, unless a person says so", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    await publishPackages(shelf, [await shop.deb("hello", "1.0")], options("two"), ORIGIN);
    const ended = bucket.objects.get("dists/stable/InRelease");
    const now = Date.now();
    const clock = jest.spyOn(Date, "now").mockReturnValue(now + 15 * DAY);
    const refusal =
      /InRelease ended on .*, and this machine did not sign it, .*'towline renew --stack staging --ended'/;
    const next = [await shop.deb("hello", "1.1")];
    await expect(publishPackages(shelf, next, options("another"), ORIGIN)).rejects.toThrow(refusal);
    await expect(renewSuite(shelf, options("another"))).rejects.toThrow(refusal);
    expect(bucket.objects.get("dists/stable/InRelease")).toBe(ended);
    expect(await renewSuite(shelf, { ...options("another"), ended: true })).toMatchObject({ renewed: true });
    clock.mockRestore();
    await publishPackages(shelf, next, options("two"), ORIGIN);
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1"]);
  });

  it("signs an index of an older towline, which names no end, anew at once", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    const file = await shop.deb("hello", "1.0");
    shop.writeIndex(bucket, [file]);
    expect(await renewSuite(shelf, undefined)).toMatchObject({ until: "2026-02-14T12:00:00Z", due: true });
  });
});
