/** What the API tells of the agent's session with its master. Read anew for every request. */
export interface SessionState {
  readonly registered: boolean;
  /** Containers of an earlier life are still being taken up: most of the API answers 503. */
  readonly recovering: boolean;
  readonly masterHostname: string | undefined;
}
