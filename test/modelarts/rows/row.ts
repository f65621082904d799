/** A row of one of a vendor page's tables, as the page has it. */
export interface Row {
  readonly field: string;
  /** The page's word in the column Type. */
  readonly type: string;
  /** Where what is expected here is not what the page says, or more than it says: docs/design/modelarts-api.md, or the row's own words. */
  readonly source?: string;
}

/** A row of a request. Absence and values of another type are tried for every row, by `mandatory` and `type`. */
export interface RequestRow extends Row {
  readonly mandatory: boolean;
  /** The page's Range, where it lists words. Each is accepted. */
  readonly range?: readonly unknown[];
  /** The other demands of the page, in short. */
  readonly constraint?: string;
  readonly accepts: readonly unknown[];
  /** Refused for this field; `undefined` takes it out. */
  readonly refuses?: readonly unknown[];
  /** Conditions that hold only beside certain values of other fields, given by their paths in the body. */
  readonly where?: readonly Where[];
  /** In a merge patch: `null`, and in a map the `null` of a key, takes it away (RFC 7396). */
  readonly nullDeletes?: true;
  /** Refused although optional, by `source`. */
  readonly absence?: 'refused';
  /** A command may leave it out: Poolkeeper fills it in before the call. */
  readonly filledIn?: true;
  /** A command must leave it out, for this reason, though the page allows it. */
  readonly notInCommands?: string;
}

export interface Where {
  readonly given: Readonly<Record<string, unknown>>;
  readonly accepts?: readonly unknown[];
  readonly refuses?: readonly unknown[];
}

export interface RequestTable {
  readonly table: number;
  /** The object of the body that the table describes, as a path with dots; empty for the body itself. */
  readonly at: string;
  /** The additions to the page's example, by path, for that object to be in it. */
  readonly within?: Readonly<Record<string, unknown>>;
  readonly rows: readonly RequestRow[];
}

/** A row of an answer. */
export interface ResponseRow extends Row {
  readonly accepts: readonly unknown[];
  /** An answer with this is not one that can be used. */
  readonly refuses?: readonly unknown[];
  /** Where Poolkeeper's reading of the answer has the value; absent where nothing needs it. */
  readonly exposed?: string;
  /** The value there, where it is not as it came. */
  readonly as?: (value: never) => unknown;
}

export interface ResponseTable {
  readonly table: number;
  readonly status: 200 | 400 | 404;
  readonly at: string;
  readonly within?: Readonly<Record<string, unknown>>;
  readonly rows: readonly ResponseRow[];
}

/** One page: its rows and where they are tried. */
export interface PageRows {
  readonly page: string;
  readonly path: readonly RequestRow[];
  readonly header?: RequestTable;
  readonly request: readonly RequestTable[];
  readonly response: readonly ResponseTable[];
}
