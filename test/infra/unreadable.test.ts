import { whyUnreadable } from "../../infra/unreadable";

describe("why a file cannot be read", () => {
  it.each([
    ["EACCES", "you may not read it"],
    ["EPERM", "you may not read it"],
    ["EISDIR", "it is a folder"],
    ["ENOTDIR", "what it lies in is no folder"],
    ["ELOOP", "it is a link that leads back to itself"],
  ])("is said in words for %s", (code, words) => {
    expect(whyUnreadable(Object.assign(new Error(code), { code }))).toBe(words);
  });

  it("is not guessed of an error that is no mistake of the user's", () => {
    expect(whyUnreadable(Object.assign(new Error("EIO"), { code: "EIO" }))).toBeUndefined();
    expect(whyUnreadable(new Error("other"))).toBeUndefined();
  });
});
