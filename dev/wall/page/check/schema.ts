// A dashboard's JSON by Grafana's own types, which are made from its CUE schemas.
//
// Unknown names are refused: Grafana ignores them without a word.
import type * as Core from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';
import type * as Bars from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as Stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as Table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as Graph from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// An enum's member stands in JSON as its text.
type Json<T> = T extends string
  ? `${T}`
  : T extends (infer One)[]
    ? Json<One>[]
    : T extends object
      ? { [Name in keyof T]: Json<T[Name]> }
      : T;

type Standard = Json<Omit<Core.FieldConfig, 'custom'>>;
type Property<Config, Prefix extends string> = {
  [Name in keyof Config & string]: { id: `${Prefix}${Name}`; value: Config[Name] };
}[keyof Config & string];

// Of @grafana/prometheus, which is AGPL and not used here.
type Query = {
  datasource: { type: 'prometheus'; uid: string };
  editorMode?: 'code';
  exemplar?: boolean;
  expr: string;
  format?: 'time_series' | 'table' | 'heatmap';
  hide?: boolean;
  instant?: boolean;
  interval?: string;
  legendFormat?: string;
  range?: boolean;
  refId: string;
};

type Of<Type extends string, Options, Custom> = Omit<Json<Core.Panel>, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Type;
  options: Partial<Json<Options>>;
  targets: Query[];
  fieldConfig: {
    defaults: Standard & { custom?: Partial<Json<Custom>> };
    overrides: {
      matcher: Core.MatcherConfig;
      properties: (Property<Standard, ''> | Property<Json<Custom>, 'custom.'>)[];
    }[];
  };
};

type None = Record<string, never>;
type Panel =
  | Of<'stat', Stat.Options, None>
  | Of<'bargauge', Bars.Options, None>
  | Of<'table', Table.Options, Table.FieldConfig>
  | Of<'timeseries', Graph.Options, Graph.FieldConfig>
  | Json<Core.RowPanel>;

export type Dashboard = Omit<Json<Core.Dashboard>, 'panels'> & { panels: Panel[] };
