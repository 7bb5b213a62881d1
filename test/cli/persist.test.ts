import { explained } from "../../cli/aws";
import { InputError, UserError } from "../../cli/errors";
import { persist } from "../../cli/replacement/persist";

/** A call that AWS refuses so many times, by an error of the SDK. */
function refused(times: number, name: string) {
  let calls = 0;
  const call = async (): Promise<string> => {
    calls += 1;
    if (calls > times) return `after ${calls}`;
    throw Object.assign(new Error("no"), { name, $metadata: {}, $fault: "client" });
  };
  return { work: () => explained("ask", call), calls: () => calls };
}

describe("asking again", () => {
  const patience = { timeout: 60, pause: 0, show: jest.fn() };

  it("goes on until AWS takes it", async () => {
    const { work } = refused(2, "Throttling");
    await expect(persist(patience, work)).resolves.toBe("after 3");
    expect(patience.show).toHaveBeenCalledWith(
      "cannot ask: Throttling: no; trying again",
      "cannot ask: Throttling: no",
    );
  });

  it.each(["AccessDenied", "ExpiredToken", "CredentialsProviderError"])("is of no use after %s", async (name) => {
    const { work, calls } = refused(1, name);
    await expect(persist(patience, work)).rejects.toThrow(UserError);
    expect(calls()).toBe(1);
  });

  it("goes on where a proxy answers in AWS's place", async () => {
    let calls = 0;
    const call = async (): Promise<string> => {
      calls += 1;
      if (calls > 1) return "AWS";
      throw Object.assign(new SyntaxError("mismatched tags\nDeserialization error"), {
        $metadata: { httpStatusCode: 502 },
      });
    };
    await expect(persist(patience, () => explained("ask", call))).resolves.toBe("AWS");
    const said = "cannot ask: no answer of AWS's: mismatched tags";
    expect(patience.show).toHaveBeenCalledWith(`${said}; trying again`, said);
  });

  it("is of no use for wrong input, nor for a fault of our own", async () => {
    await expect(persist(patience, () => Promise.reject(new InputError("wrong")))).rejects.toThrow("wrong");
    await expect(persist(patience, () => Promise.reject(new TypeError("ours")))).rejects.toThrow("ours");
  });

  it("ends with the last refusal when the time is up", async () => {
    const { work } = refused(Number.POSITIVE_INFINITY, "Throttling");
    await expect(persist({ ...patience, timeout: -1 }, work)).rejects.toThrow("cannot ask: Throttling: no");
  });
});
