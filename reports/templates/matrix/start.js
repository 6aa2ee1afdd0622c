// Everything is there; what the address asks for is shown.

state = stateOfAddress();
startFilters();
startGrid();
show();
addEventListener('popstate', () => {
  state = stateOfAddress();
  show();
});
if (state.cell) cellOf(state.cell.one, state.cell.column).scrollIntoView({ block: 'center', inline: 'center' });
