/** A data set as typed, taken apart; `location` is the YAML flow text of the place, and the name is made from it. */
export interface DataAnswer {
  readonly name: string;
  readonly location: string;
  readonly access: string;
}

/** Takes one entry of the data answer apart. What is not recognised becomes an S3 bucket of that name, for the zone's own parser to complain about. */
export function dataAnswer(entry: string, scalar: (text: string) => string): DataAnswer {
  const [url = '', access = 'read'] = entry.split(/\s+/);
  const scheme = /^([a-z0-9]+):\/\//.exec(url)?.[1] ?? '';
  const rest = scheme === '' ? url : url.slice(scheme.length + 3);
  const slash = rest.indexOf('/');
  const head = slash < 0 ? rest : rest.slice(0, slash);
  const tail = slash < 0 ? '' : rest.slice(slash + 1);
  const prefix = (text: string): string => (text === '' ? '' : `, prefix: ${scalar(text)}`);
  switch (scheme) {
    case 'gs':
      return { name: nameOf(head), access, location: `gcs: {bucket: ${scalar(head)}${prefix(tail)}}` };
    case 'azure': {
      const [container = '', ...inside] = tail.split('/');
      return {
        name: nameOf(`${head}-${container}`),
        access,
        location: `azureBlob: {account: ${scalar(head)}, container: ${scalar(container)}${prefix(inside.join('/'))}}`,
      };
    }
    case 'pods': {
      const colon = tail.lastIndexOf(':');
      const labels = (colon < 0 ? tail : tail.slice(0, colon)).split('&').map((pair) => {
        const at = pair.indexOf('=');
        return at < 0 ? `${scalar(pair)}: ""` : `${scalar(pair.slice(0, at))}: ${scalar(pair.slice(at + 1))}`;
      });
      const port = /^\d{1,5}$/.test(tail.slice(colon + 1)) ? Number(tail.slice(colon + 1)) : 9000;
      return { name: nameOf(head), access, location: `objectStore: {namespace: ${scalar(head)}, selector: {${labels.join(', ')}}, port: ${port}}` };
    }
    default:
      return { name: nameOf(head), access, location: `s3: {bucket: ${scalar(head)}${prefix(tail)}}` };
  }
}

/** A DNS label made from any text. */
export function nameOf(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-|-$/g, '');
  return name === '' ? 'data' : name;
}
