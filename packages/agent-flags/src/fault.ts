/** Why flags cannot be used, in one sentence for the operator. Stays within this package: `parseAgentFlags` returns it. */
export class FlagFault extends Error {
  override readonly name = "FlagFault";
}
