import { CodedError } from "../../errors/index.ts";

/** The store of a shared limit did not do in time what only it can do. */
export class StoreLostError extends CodedError<"STORE_LOST"> {
  constructor(key: string) {
    super(
      "STORE_LOST",
      `the limit's store did not answer: ${JSON.stringify(key.slice(0, 100))} is as it was`,
      {
        retryable: true,
      },
    );
  }
}
