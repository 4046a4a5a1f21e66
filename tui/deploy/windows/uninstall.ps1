# Makes the account that runs this an ordinary one again. What Fairstart keeps stays: keys, responses, kiosk.toml.
$ErrorActionPreference = 'Stop'

$kiosk = Join-Path $env:LOCALAPPDATA 'fairstart-kiosk'
$state = Join-Path $env:LOCALAPPDATA 'Packages\Microsoft.WindowsTerminal_8wekyb3d8bbwe\LocalState'
$settings = Join-Path $state 'settings.json'
$before = Join-Path $state 'settings.json.before-fairstart'
$shortcut = Join-Path ([Environment]::GetFolderPath('Startup')) 'Fairstart kiosk.lnk'

if (Test-Path -LiteralPath $shortcut) {
    Remove-Item -LiteralPath $shortcut
    if (Test-Path -LiteralPath $before) {
        Move-Item -Force -LiteralPath $before -Destination $settings
    } elseif (Test-Path -LiteralPath $settings) {
        Remove-Item -LiteralPath $settings  # Windows Terminal makes a new one
    }
}
if (Test-Path -LiteralPath $kiosk) {
    Remove-Item -Recurse -Force -LiteralPath $kiosk
}

Read-Host 'Done. Keys and responses are still in the folder AppData\Local\fairstart of this account. Enter'
