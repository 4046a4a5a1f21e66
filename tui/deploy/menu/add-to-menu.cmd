@echo off
rem Puts Fairstart and its office into the Start menu of whoever runs this, from where its folder lies now.
rem To take them out again, delete the folder Fairstart in the Start menu's folder Programs.
setlocal
set "FAIRSTART=%~dp0fairstart.exe"
powershell -NoProfile -Command "$menu = Join-Path ([Environment]::GetFolderPath('Programs')) 'Fairstart'; New-Item -ItemType Directory -Force $menu | Out-Null; $shell = New-Object -ComObject WScript.Shell; foreach ($one in @(@('Fairstart', ''), @('Fairstart office', 'office'))) { $link = $shell.CreateShortcut((Join-Path $menu ($one[0] + '.lnk'))); $link.TargetPath = $env:FAIRSTART; $link.Arguments = $one[1]; $link.WorkingDirectory = $env:USERPROFILE; $link.Save() }"
if errorlevel 1 goto failed
echo Fairstart is in the Start menu now.
pause
exit /b 0

:failed
echo Fairstart could not be put into the Start menu: see above.
pause
exit /b 1
