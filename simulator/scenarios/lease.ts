import {
  all,
  converged,
  convergedAsJudged,
  NEW,
  OLD,
  publish,
  type Scenario,
  whoHasSlot0,
  wide,
  world,
} from "./scenario";

/** Holders that reboot, stand still or vanish. */
export const LEASE: readonly Scenario[] = [
  {
    name: "hosts that reboot, or stand still, in the middle of a rollout come back and keep nobody out",
    until: 4000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, NEW, OLD));
        for (let i = 0; i < 4; i++) {
          made.after(110 + made.random.between(0, 120), () => {
            const host = made.random.pick(made.hosts);
            if (made.random.chance(0.5)) made.reboot(host, made.random.between(5, 60));
            else made.freeze(host, made.random.between(30, 300));
          });
        }
      }),
    judge: convergedAsJudged,
  },
  {
    name: "a host that stands still with the lease leaves no more once another has it",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, NEW, OLD));
        let still = false;
        for (let second = 101; second < 200; second++) {
          made.after(second, () => {
            const holder = made.hosts.find(({ id }) => id === made.s3.json("rollout/web/lease.json")?.holder);
            if (still || !holder || holder.out) return;
            still = true;
            made.freeze(holder, 100 + (seed % 10));
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a host that is killed with the lease is followed soon after the lease has ended and another took its place",
    until: 4000,
    make: (seed) =>
      world(seed, { hosts: 3 }, (made) => {
        made.verdict("1.1.0", "ok");
        made.after(100, () => publish(made, NEW, OLD));
        let [killed, free] = ["", 0];
        whoHasSlot0(made, 1, (host, second) => {
          killed = host.id;
          // Turns that take long have hosts pause for long.
          const lease = made.s3.json("rollout/web/lease.json");
          made.s3.set("rollout/web/lease.json", JSON.stringify({ ...lease, took: 300 }), made.time);
          made.ends(host);
          made.after(second + 60, () => made.launch());
        });
        for (let second = 101; second < 600; second++) {
          made.after(second, () => {
            if (killed === "" || free < 0) return;
            const serving = made.hosts.filter((one) => one.serves).length;
            if (free === 0 && made.held().length === 0 && serving === 3) free = second;
            if (made.s3.json("rollout/web/lease.json")?.holder === killed) return;
            if (free > 0 && second - free > 15) made.broken.push(`${killed} was followed after ${second - free} s`);
            free = -1;
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "where more may be out, a host that is killed with its slot holds the others up no longer than its lease",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.policy({ maxUnavailable: "25%" });
        made.after(100, () => publish(made, NEW, OLD));
        whoHasSlot0(made, 1, (host, second) => {
          made.ends(host);
          made.after(second + 300, () => made.launch());
          const before = made.departures;
          const left = () => made.hosts.filter(({ installed }) => installed === OLD.name).length;
          made.after(second + 120, () => made.departures > before || made.breaks("nobody has left for 120 s"));
          // One by one, while the one that is gone counts as out: by now all have gone through.
          made.after(second + 300, () => left() === 0 || made.breaks(`${left()} hosts have not had their turn`));
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "where more may be out, a host that stands still with its slot while it is out counts as out",
    until: 4000,
    make: (seed) =>
      world(seed, { hosts: 24 }, (made) => {
        made.policy({ maxUnavailable: 2 });
        made.after(100, () => publish(made, NEW, OLD));
        whoHasSlot0(made, 2, (host) => made.freeze(host, 500));
      }),
    judge: all(converged("1.1.0"), wide(2)),
  },
];
