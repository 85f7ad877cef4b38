/** From how long to how long a wait lasts; the runner draws evenly between the two. */
export interface DelayRange {
  readonly leastMs: number;
  readonly mostMs: number;
}

export interface BackoffSettings {
  /** `--registration_backoff_factor`, 1 s. */
  readonly registrationBackoffFactorMs: number;
  /** `--authentication_backoff_factor`, 1 s. */
  readonly authenticationBackoffFactorMs: number;
  /** `--authentication_timeout_min`, 5 s. */
  readonly authenticationTimeoutMinMs: number;
  /** `--authentication_timeout_max`, 60 s. */
  readonly authenticationTimeoutMaxMs: number;
}

/** The most that lies between two registrations. Source: wire facts 2.0. */
const longestRegistrationWaitMs = 60_000;
const pausesMs = { first: 10_000, longest: 600_000 };

/** How long a timer runs. `count`: attempts so far, or for `hint-pause` the false alarms in a row. */
export function delayRange(
  settings: BackoffSettings,
  timer: "backoff" | "authentication" | "hint-pause",
  count: number,
): DelayRange {
  switch (timer) {
    case "backoff":
      return count === 0 ? firstDelay(settings) : registrationDelay(settings, count);
    case "authentication":
      return authenticationTimeout(settings, count);
    case "hint-pause":
      return hintPause(count);
  }
}

/** After a detection, before anything is sent: the agents of a cluster must not all come at once. */
function firstDelay(settings: BackoffSettings): DelayRange {
  return { leastMs: 0, mostMs: settings.registrationBackoffFactorMs };
}

/** After the `sent`th registration, from 1. */
function registrationDelay(settings: BackoffSettings, sent: number): DelayRange {
  return { leastMs: 0, mostMs: Math.min(settings.registrationBackoffFactorMs * 2 ** sent, longestRegistrationWaitMs) };
}

/** How long the `attempt`th authentication may take, from 1. An attempt that ended in an error waits for this time too. */
function authenticationTimeout(settings: BackoffSettings, attempt: number): DelayRange {
  const leastMs = settings.authenticationTimeoutMinMs;
  const mostMs = leastMs + settings.authenticationBackoffFactorMs * 2 ** attempt;
  return { leastMs, mostMs: Math.max(leastMs, Math.min(mostMs, settings.authenticationTimeoutMaxMs)) };
}

/** For how long a lost connection is no hint any more. Doubles with each one that turned out to mean nothing. */
function hintPause(falseAlarms: number): DelayRange {
  const pauseMs = Math.min(pausesMs.first * 2 ** falseAlarms, pausesMs.longest);
  return { leastMs: pauseMs, mostMs: pauseMs };
}
