const text = { type: 'string', minLength: 1 };
const message = { type: 'object', properties: { text, markdown: text }, required: ['text'], additionalProperties: false };
const line = { type: 'integer', minimum: 1 };
const level = { enum: ['none', 'note', 'warning', 'error'] };

const physicalLocation = {
  type: 'object',
  properties: {
    artifactLocation: {
      type: 'object',
      properties: { uri: { type: 'string', pattern: '^[^\\s\\\\<>"{}|^`]+$' } },
      required: ['uri'],
      additionalProperties: false,
    },
    region: {
      type: 'object',
      properties: { startLine: line, startColumn: line, endLine: line, endColumn: line },
      required: ['startLine'],
      additionalProperties: false,
    },
  },
  required: ['artifactLocation'],
  additionalProperties: false,
};

const location = { type: 'object', properties: { id: { type: 'integer', minimum: 0 }, physicalLocation, message }, additionalProperties: false };

const rule = {
  type: 'object',
  properties: {
    id: text,
    name: text,
    shortDescription: message,
    fullDescription: message,
    help: message,
    helpUri: text,
    defaultConfiguration: { type: 'object', properties: { level }, additionalProperties: false },
    properties: { type: 'object' },
  },
  required: ['id', 'shortDescription'],
  additionalProperties: false,
};

const result = {
  type: 'object',
  properties: {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: 0 },
    level,
    message,
    locations: { type: 'array', items: location, minItems: 1 },
    relatedLocations: { type: 'array', items: location, uniqueItems: true },
    codeFlows: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          message,
          threadFlows: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              properties: {
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: { type: 'object', properties: { location }, required: ['location'], additionalProperties: false },
                },
              },
              required: ['locations'],
              additionalProperties: false,
            },
          },
        },
        required: ['threadFlows'],
        additionalProperties: false,
      },
    },
    partialFingerprints: { type: 'object', additionalProperties: text, minProperties: 1 },
    suppressions: {
      type: 'array',
      items: {
        type: 'object',
        properties: { kind: { enum: ['inSource', 'external'] }, status: { enum: ['accepted', 'underReview', 'rejected'] }, justification: text },
        required: ['kind'],
        additionalProperties: false,
      },
    },
    properties: { type: 'object' },
  },
  // GitHub code scanning shows no result without these. Source: GitHub docs, SARIF support for code scanning.
  required: ['ruleId', 'level', 'message', 'locations', 'partialFingerprints'],
  additionalProperties: false,
};

/**
 * The part of SARIF 2.1.0 that Ringfence writes, as a JSON Schema that lets nothing else pass. Source: SARIF 2.1.0 §3.13 (log), §3.14 (run),
 * §3.19 (tool component), §3.27 (result), §3.29 and §3.30 (locations), §3.36 (code flow), §3.20 (invocation).
 */
export const sarifShape: Readonly<Record<string, unknown>> = {
  type: 'object',
  properties: {
    $schema: text,
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          tool: {
            type: 'object',
            properties: {
              driver: {
                type: 'object',
                properties: {
                  name: text,
                  version: text,
                  semanticVersion: text,
                  informationUri: text,
                  rules: { type: 'array', items: rule, uniqueItems: true },
                },
                required: ['name'],
                additionalProperties: false,
              },
            },
            required: ['driver'],
            additionalProperties: false,
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                executionSuccessful: { type: 'boolean' },
                exitCodeDescription: text,
                toolExecutionNotifications: {
                  type: 'array',
                  items: {
                    type: 'object',
                    properties: {
                      descriptor: { type: 'object', properties: { id: text }, required: ['id'], additionalProperties: false },
                      level,
                      message,
                      locations: { type: 'array', items: location },
                    },
                    required: ['message'],
                    additionalProperties: false,
                  },
                },
              },
              required: ['executionSuccessful'],
              additionalProperties: false,
            },
          },
          results: { type: 'array', items: result },
        },
        required: ['tool', 'results'],
        additionalProperties: false,
      },
    },
  },
  required: ['version', 'runs'],
  additionalProperties: false,
};
