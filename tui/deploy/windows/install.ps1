# Makes the account that runs this a kiosk: Windows Terminal fills the screen with Fairstart as soon as it signs in.
# Right-click it, "Run with PowerShell", signed in as the kiosk's account. It needs no administrator and can be run
# again; uninstall.ps1 puts everything back.
$ErrorActionPreference = 'Stop'

$kiosk = Join-Path $env:LOCALAPPDATA 'fairstart-kiosk'
$state = Join-Path $env:LOCALAPPDATA 'Packages\Microsoft.WindowsTerminal_8wekyb3d8bbwe\LocalState'
$settings = Join-Path $state 'settings.json'
$before = Join-Path $state 'settings.json.before-fairstart'
$terminal = Join-Path $env:LOCALAPPDATA 'Microsoft\WindowsApps\wt.exe'
$shortcut = Join-Path ([Environment]::GetFolderPath('Startup')) 'Fairstart kiosk.lnk'

if (-not (Test-Path -LiteralPath $state) -or -not (Test-Path -LiteralPath $terminal)) {
    Read-Host 'Windows Terminal is not ready: install it from the Microsoft Store, open it once, and run this again. Enter'
    exit 1
}

New-Item -ItemType Directory -Force -Path $kiosk | Out-Null
Copy-Item -Force -LiteralPath (Join-Path $PSScriptRoot 'fairstart-kiosk.cmd') -Destination $kiosk

# What was there is kept once, so that running this again does not take our own settings for it.
$first = -not (Test-Path -LiteralPath $shortcut)
if ($first -and (Test-Path -LiteralPath $settings)) {
    Copy-Item -Force -LiteralPath $settings -Destination $before
}
Copy-Item -Force -LiteralPath (Join-Path $PSScriptRoot 'settings.json') -Destination $settings

$link = (New-Object -ComObject WScript.Shell).CreateShortcut($shortcut)
$link.TargetPath = $terminal
$link.Save()

Read-Host 'Done. Sign out and in again: Fairstart starts by itself, and leads through set-up the first time. Enter'
