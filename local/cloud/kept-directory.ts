/** A directory that keeps the data of a service after the process ends. */
export type KeptDirectory = {
  directory: string;
  /** Hears that the disk took no write, which has no answer then. The service works again after a new start only. */
  onFailure: (error: unknown) => void;
};
