/** One outside host of a service. */
export interface ServiceHost {
  readonly name: string;
  readonly port: number;
  /** Whether the name belongs to one tenant; if not, allowing it admits every customer of the front end. */
  readonly namesTenant: boolean;
  /** Whether data can be written there with credentials of the sender's choice. */
  readonly takesWrites: boolean;
}

/** A named egress profile: what a service needs open, and how to make it do without. */
export interface ServiceProfile {
  readonly id: string;
  readonly title: string;
  /** Empty: nothing is opened, the environment keeps the tool off the network; or, with `ownHosts`, the zone names them. */
  readonly hosts: readonly ServiceHost[];
  /** What hosts have that the zone itself names, because every owner runs or rents another; null: it names none. */
  readonly ownHosts: Omit<ServiceHost, 'name'> | null;
  /** Environment variables the pods must set for the profile to be enough. */
  readonly env: Readonly<Record<string, string>>;
  /** Environment variables that point the tool at a mirror, which is the better way. */
  readonly mirrors: readonly string[];
  readonly advice: string;
  /** Month in which the hosts were last held against their sources, `2026-10`: services move, and a list ages. */
  readonly asOf: string;
}

/** A service with the ways to use it. One file in `src/services`. */
export interface ServiceFamily {
  readonly profiles: readonly ServiceProfile[];
}
