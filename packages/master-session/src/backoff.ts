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

/** After a detection, before anything is sent: the agents of a cluster must not all come at once. */
export function firstDelay(settings: BackoffSettings): DelayRange {
  return { leastMs: 0, mostMs: settings.registrationBackoffFactorMs };
}

/** After the `sent`th registration, from 1. */
export function registrationDelay(settings: BackoffSettings, sent: number): DelayRange {
  return { leastMs: 0, mostMs: Math.min(settings.registrationBackoffFactorMs * 2 ** sent, longestRegistrationWaitMs) };
}

/** How long the `attempt`th authentication may take, from 1. An attempt that ended in an error waits for this time too. */
export function authenticationTimeout(settings: BackoffSettings, attempt: number): DelayRange {
  const leastMs = settings.authenticationTimeoutMinMs;
  const mostMs = leastMs + settings.authenticationBackoffFactorMs * 2 ** attempt;
  return { leastMs, mostMs: Math.max(leastMs, Math.min(mostMs, settings.authenticationTimeoutMaxMs)) };
}

/** For how long a lost connection is no hint any more. Doubles with each one that turned out to mean nothing. */
export function hintPause(falseAlarms: number): DelayRange {
  const pauseMs = Math.min(pausesMs.first * 2 ** falseAlarms, pausesMs.longest);
  return { leastMs: pauseMs, mostMs: pauseMs };
}
