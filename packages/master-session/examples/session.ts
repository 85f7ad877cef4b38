import type { Libprocess } from "@berth/libprocess";
import { silentLog } from "@berth/log";
import type { MasterDetector } from "@berth/master-detector";
import { createMasterSession, type RegistrationSource, type SessionListener } from "@berth/master-session";

export function connect(
  libprocess: Libprocess,
  detector: MasterDetector,
  source: RegistrationSource,
  listener: SessionListener,
) {
  const session = createMasterSession(
    { libprocess, detector, source, listener, log: silentLog, random: Math.random },
    { credential: { principal: "agent", secret: "from a file" } },
  );
  // Pings are answered from here on. Once the agent has recovered its tasks:
  session.start();
  return session;
}
