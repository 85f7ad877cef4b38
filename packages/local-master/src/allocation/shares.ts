import { scalarOf } from "@berth/resources";
import type { Resource } from "@berth/proto/v1";
import type { Books } from "../books/books.ts";
import type { FrameworkRecord } from "../books/records.ts";

export interface Candidate {
  readonly framework: FrameworkRecord;
  readonly role: string;
}

/** Dominant shares while offers are handed out: of all cpus, mem, disk or gpus there are, the largest part that is held. */
export interface Shares {
  /** Roles with the smallest share first, in them frameworks with the smallest; of equals, those that came first. */
  inOrder(): readonly Candidate[];
  add(framework: FrameworkRecord, role: string, resources: readonly Resource[]): void;
}

const kinds = ["cpus", "mem", "disk", "gpus"] as const;
type Quantities = Record<(typeof kinds)[number], number>;

export function createShares(books: Pick<Books, "agents" | "frameworks">): Shares {
  const totals: Quantities = { cpus: 0, mem: 0, disk: 0, gpus: 0 };
  for (const agent of books.agents.values()) addQuantities(totals, agent.total);
  const byRole = new Map<string, Quantities>();
  const byCandidate = new Map<FrameworkRecord, Map<string, Quantities>>();

  const hold = (framework: FrameworkRecord, role: string, resources: readonly Resource[]) => {
    const roles = byCandidate.get(framework) ?? new Map<string, Quantities>();
    byCandidate.set(framework, roles);
    for (const map of [byRole, roles]) {
      const held = map.get(role) ?? { cpus: 0, mem: 0, disk: 0, gpus: 0 };
      addQuantities(held, resources);
      map.set(role, held);
    }
  };
  for (const framework of books.frameworks.values()) {
    // A role that was given up may still hold something; it is no candidate any more but counts.
    for (const resource of framework.allocated) hold(framework, resource.allocationInfo?.role ?? "*", [resource]);
    for (const role of framework.roles) hold(framework, role, []);
  }
  const share = (held: Quantities | undefined) =>
    Math.max(0, ...kinds.map((kind) => (totals[kind] > 0 ? (held?.[kind] ?? 0) / totals[kind] : 0)));

  return {
    inOrder() {
      const candidates: (Candidate & { readonly ofRole: number; readonly own: number })[] = [];
      for (const framework of books.frameworks.values()) {
        for (const role of framework.roles) {
          const own = share(byCandidate.get(framework)?.get(role));
          candidates.push({ framework, role, ofRole: share(byRole.get(role)), own });
        }
      }
      return candidates.sort(
        (a, b) => a.ofRole - b.ofRole || (a.role < b.role ? -1 : a.role > b.role ? 1 : 0) || a.own - b.own,
      );
    },
    add: hold,
  };
}

function addQuantities(sum: Quantities, resources: readonly Resource[]): void {
  for (const kind of kinds) sum[kind] += scalarOf(resources, kind) ?? 0;
}
