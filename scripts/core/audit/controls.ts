/**
 * Which section of the evidence speaks to which control. References only: the auditor decides what suffices.
 * SOC 2: AICPA Trust Services Criteria 2017 (points of focus 2022). ISO: ISO/IEC 27001:2022, Annex A.
 */
export interface Control {
  framework: 'SOC 2' | 'ISO 27001';
  control: string;
  title: string;
  /** Anchors of the report's sections. */
  sections: SectionId[];
}

export type SectionId =
  | 'population'
  | 'timeliness'
  | 'exceptions'
  | 'overrides'
  | 'urgent'
  | 'drift'
  | 'duties'
  | 'integrity'
  | 'access';

export const CONTROLS: readonly Control[] = [
  {
    framework: 'SOC 2',
    control: 'CC6.1',
    title: 'Logical access security over protected information assets',
    sections: ['population', 'access', 'exceptions'],
  },
  {
    framework: 'SOC 2',
    control: 'CC6.2',
    title: 'Access is registered and authorised before it is granted, and removed when no longer needed',
    sections: ['population', 'timeliness', 'urgent'],
  },
  {
    framework: 'SOC 2',
    control: 'CC6.3',
    title: 'Access follows roles and changes of roles, with least privilege and segregation of duties',
    sections: ['timeliness', 'duties', 'drift', 'exceptions'],
  },
  {
    framework: 'SOC 2',
    control: 'CC7.2',
    title: 'Anomalies are monitored',
    sections: ['drift', 'overrides'],
  },
  {
    framework: 'SOC 2',
    control: 'CC8.1',
    title: 'Changes are authorised, documented, approved and carried out',
    sections: ['population', 'duties', 'integrity', 'overrides'],
  },
  { framework: 'ISO 27001', control: 'A.5.3', title: 'Segregation of duties', sections: ['duties'] },
  {
    framework: 'ISO 27001',
    control: 'A.5.15',
    title: 'Access control',
    sections: ['population', 'exceptions', 'access'],
  },
  {
    framework: 'ISO 27001',
    control: 'A.5.16',
    title: 'Identity management',
    sections: ['population', 'timeliness'],
  },
  {
    framework: 'ISO 27001',
    control: 'A.5.17',
    title: 'Authentication information: accounts are handed over through activation, no password is set',
    sections: ['population'],
  },
  {
    framework: 'ISO 27001',
    control: 'A.5.18',
    title: 'Access rights are provided, reviewed, changed and removed',
    sections: ['population', 'timeliness', 'access'],
  },
  { framework: 'ISO 27001', control: 'A.5.28', title: 'Collection of evidence', sections: ['integrity'] },
  {
    framework: 'ISO 27001',
    control: 'A.6.5',
    title: 'Responsibilities after termination or change of employment',
    sections: ['timeliness', 'urgent'],
  },
  {
    framework: 'ISO 27001',
    control: 'A.8.2',
    title: 'Privileged access rights',
    sections: ['duties', 'exceptions', 'overrides'],
  },
  { framework: 'ISO 27001', control: 'A.8.15', title: 'Logging', sections: ['integrity', 'population'] },
  {
    framework: 'ISO 27001',
    control: 'A.8.32',
    title: 'Change management',
    sections: ['population', 'duties', 'integrity'],
  },
];

/** "SOC 2 CC6.2, CC6.3; ISO 27001 A.5.18, A.6.5" */
export function controlsOf(section: SectionId): string {
  const own = CONTROLS.filter(({ sections }) => sections.includes(section));
  const part = (framework: Control['framework']): string[] => {
    const names = own.filter((control) => control.framework === framework).map(({ control }) => control);
    return names.length === 0 ? [] : [`${framework} ${names.join(', ')}`];
  };
  return [...part('SOC 2'), ...part('ISO 27001')].join('; ');
}
